import { type Campaign, campaignFields } from '../core/response.ts';

/** Parameters with the visitor's session. Only the redirect may set them, or a link could pass on a foreign session. */
const RESERVED: readonly string[] = ['referral_session', 'referral_handoff'];
/** Characters of each value of a campaign. */
const MAX_VALUE = 100;
/** Characters of a destination with the parameters of its link, see https://www.rfc-editor.org/rfc/rfc9110#section-4.1 */
const MAX_LOCATION = 8000;

/** The query of a link. */
export interface LinkQuery {
  /** The destination that replaces the link's. */
  readonly redirectTo: string | undefined;
  readonly campaign: Campaign | undefined;
  /** All other parameters, as they were written, for the destination. */
  readonly others: readonly string[];
}

/**
 * Reads the query of a link as it was written: API Gateway's parsed one joins values of the same name by commas.
 *
 * @param redirectParameter name of the parameter with another destination; the first one counts.
 */
export function readLinkQuery(query: string, redirectParameter: string): LinkQuery {
  const parameters = pairsOf(query).map((pair) => ({ pair, ...parsed(pair) }));
  const first = (wanted: string) => parameters.find(({ name }) => name === wanted)?.value;
  const campaign = campaignFields.flatMap((field) => {
    const value = first(`utm_${field}`)
      ?.replace(/\p{Cc}/gu, '')
      .trim();
    return value ? [[field, value.slice(0, MAX_VALUE).toWellFormed()]] : [];
  });
  return {
    redirectTo: first(redirectParameter),
    campaign: campaign.length > 0 ? Object.fromEntries(campaign) : undefined,
    others: parameters.filter(({ name }) => name !== redirectParameter).map(({ pair }) => pair),
  };
}

/**
 * Adds parameters to a destination. Those that it has itself win, and those that only we may set are dropped,
 * from the destination too. If it gets too long, nothing is added.
 *
 * @param parameters as they were written.
 * @param own parameter of ours to add.
 */
export function withParameters(
  location: string,
  parameters: readonly string[],
  own?: string,
): string {
  const url = new URL(location);
  const given = url.search ? url.search.slice(1).split('&').filter(isAllowed) : [];
  const names = new Set(given.map((pair) => parsed(pair).name));
  const added = parameters.filter((pair) => isAllowed(pair) && !names.has(parsed(pair).name));
  const withPairs = (...pairs: readonly string[]) => {
    // As text, because URLSearchParams would rewrite the app's own parameters and break signed ones.
    url.search = [...pairs, ...(own ? [own] : [])].join('&');
    return url.href;
  };
  const full = withPairs(...given, ...added);
  return full.length > MAX_LOCATION ? withPairs(...given) : full;
}

const pairsOf = (query: string): string[] => query.split('&').filter((pair) => pair !== '');

/** A parameter as the app reads it. */
function parsed(pair: string): { name: string; value: string } {
  const [[name, value] = ['', '']] = new URLSearchParams(pair);
  return { name, value };
}

const isAllowed = (pair: string): boolean => !RESERVED.includes(parsed(pair).name.toLowerCase());
