/** How this deployment is set up; see `setup/settings.ts` for defaults and where each comes from. */
export interface Settings {
  /** Origin of the API, without a trailing slash. */
  readonly apiUrl: string;
  /** Origin of the app, without a trailing slash. */
  readonly appUrl: string;
  /** Absolute URL for the links that sign-ups make, and for expired links. */
  readonly defaultRedirectTo: string;
  /** Origins that a link may lead to; the app's is among them. */
  readonly redirectOrigins: readonly string[];
  readonly attribution: {
    readonly model: 'last' | 'first';
    /** Seconds for which a response is credited; undefined: for ever. */
    readonly window: number | undefined;
  };
  /** Seconds after which responses are deleted; undefined: never. */
  readonly retention: number | undefined;
}
