/** Settings of this deployment. See `setup/settings.ts` for defaults and sources. */
export interface Settings {
  /** Origin of the API, without a trailing slash. */
  readonly apiUrl: string;
  /** Origin of the app, without a trailing slash. */
  readonly appUrl: string;
  /** Absolute URL: the destination of links made at sign-up, and of expired links. */
  readonly defaultRedirectTo: string;
  /** Origins that links may lead to, including the app's. */
  readonly redirectOrigins: readonly string[];
  readonly attribution: {
    readonly model: 'last' | 'first';
    /** How long a response gets credit, in seconds; undefined means forever. */
    readonly window: number | undefined;
  };
  /** Seconds after which responses are deleted; undefined means never. */
  readonly retention: number | undefined;
}
