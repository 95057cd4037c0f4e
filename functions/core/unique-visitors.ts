import type { Fingerprint } from './fingerprint.ts';

/** Fingerprints of one IP that count as unique visitors of a link within an hour. */
const MOST_OF_AN_IP = 20;

/** Visitors of an hour that are told apart by their fingerprints. A visitor takes about 100 bytes of memory. */
export interface Visitors {
  /** Fingerprints with the hashes of their IPs, in the order of the first clicks. */
  readonly fingerprints: Map<string, string>;
  /** Number of fingerprints of each IP. */
  readonly ofIps: Map<string, number>;
}

/** Stored visitors of an hour are gone: they are kept for two days. */
export class VisitorsGone extends Error {}

export const noVisitors = (): Visitors => ({ fingerprints: new Map(), ofIps: new Map() });

/**
 * Adds a visitor by a first click. The first 20 from an IP are unique visitors, all others of that hour are
 * suspicious.
 *
 * @returns what the click counts as; undefined if the visitor is known.
 */
export function addVisitor(
  { fingerprints, ofIps }: Visitors,
  { fingerprint, ipHash }: Fingerprint,
): 'uniqueVisitors' | 'suspicious' | undefined {
  if (fingerprints.has(fingerprint)) return undefined;
  fingerprints.set(fingerprint, ipHash);
  const before = ofIps.get(ipHash) ?? 0;
  ofIps.set(ipHash, before + 1);
  return before < MOST_OF_AN_IP ? 'uniqueVisitors' : 'suspicious';
}
