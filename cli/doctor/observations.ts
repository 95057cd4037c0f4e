/** What the browser and the API showed. No session and no handoff is in it. */
export interface Observations {
  readonly pageUrl: string;
  /** The link that was given, if any. */
  readonly link: string | undefined;
  readonly page: Page;
  /** Undefined if the page has none, or did not open. */
  readonly script: Script | undefined;
  /** The API's origin: the script's if it runs, or else the link's. */
  readonly apiUrl: string | undefined;
  /** Requests of the page to the API before the doctor gave consent, such as `POST /session`. */
  readonly calls: readonly string[];
  readonly hasConsented: boolean;
  /** Undefined without a link, and if the page did not open. */
  readonly click: Click | undefined;
  /** A call of the API by the doctor, from the page. Undefined if there was no page, or no API to call. */
  readonly call: Call | undefined;
}

/** The page, opened by its own address. */
export interface Page {
  readonly status: number | undefined;
  /** Why it could not be loaded, such as `ERR_NAME_NOT_RESOLVED`. */
  readonly failure: string | undefined;
  /** Where the browser is at the end. */
  readonly address: string;
}

/** What became of a request. */
export interface Call {
  readonly status: number | undefined;
  /** Why the browser refused it: `csp`, `mixed-content`, a network error such as `ERR_FAILED`, or one of CORS. */
  readonly failure: string | undefined;
  /** The origin that the API allows, if it names one. */
  readonly allowedOrigin?: string | undefined;
}

/** The script, which the browser may not have asked for. */
export interface Script extends Call {
  readonly src: string;
  /** Whether it waits for consent. */
  readonly isPending: boolean;
  /** Whether it has made `window.referrals`. */
  readonly isRunning: boolean;
}

/** The service's redirect. */
export interface Redirect {
  /** Why the link, or the page behind it, could not be loaded. */
  readonly failure: string | undefined;
  /** The status of the service's answer, if it came. */
  readonly status: number | undefined;
  /** Where it leads to, without parameters. */
  readonly destination: string | undefined;
  readonly isThePage: boolean;
  /** Whether parameters of the link arrived in the destination: its campaign, and the one with the page's address. */
  readonly hasCampaign: boolean;
  readonly hasParameter: boolean;
  readonly hasHandoff: boolean;
  /** The address to which the app itself redirected without the handoff; undefined if it did not. */
  readonly lostAt: string | undefined;
}

/** A visit by the link. */
export interface Click extends Redirect {
  /** The session's cookie; undefined if the redirect set none. */
  readonly cookie: Cookie | undefined;
  /** What the page made of the handoff; undefined if none arrived, or if the page waits for consent. */
  readonly exchange: Exchange | undefined;
  /** Where the session was after a reload; undefined if the visitor has none, or never came to the page. */
  readonly kept: 'cookie' | 'storage' | 'nowhere' | undefined;
  /** Headers that do not reach the service; undefined without a session to tell it by. */
  readonly dropped: readonly string[] | undefined;
}

export interface Cookie {
  readonly name: string;
  readonly domain: string | undefined;
  /** Why the browser refused it, such as `InvalidDomain`. */
  readonly refusals: readonly string[];
  /** Whether the browser sends it to the page's host. */
  readonly reachesPage: boolean;
}

export interface Exchange extends Call {
  /** Whether the page took the handoff out of its address. */
  readonly isTakenOut: boolean;
}

/** Whether the page is there: it answers, and does not lead to another origin. */
export const isOpened = ({ status = 0, failure, address }: Page, pageUrl: string): boolean =>
  failure === undefined && status < 400 && originOf(address) === originOf(pageUrl);

/** The origin of an address; undefined if it is none. */
export const originOf = (address: string | undefined): string | undefined =>
  address !== undefined && URL.canParse(address) ? new URL(address).origin : undefined;
