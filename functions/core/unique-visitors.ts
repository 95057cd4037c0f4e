import { type CountedResponse, isFirstClick } from './counts.ts';
import { hasFingerprint } from './fingerprint.ts';
import { type Hour, hourAt } from './hours.ts';

/** Fingerprints of one IP that count as unique visitors of a link within an hour. */
const MOST_OF_AN_IP = 20;

/** A fingerprint's IP, and the quarter of its first click in the hour. */
interface Seen {
  readonly ipHash: string;
  readonly quarter: number;
}

/** Visitors that are told apart by their fingerprints, in each hour. A visitor costs about 150 bytes. */
export type FingerprintsSeen = Map<Hour, Map<string, Seen>>;

/** Adds a first click with a fingerprint. Clicks come in any order. */
export function addFingerprint(
  seen: FingerprintsSeen,
  response: CountedResponse,
  quarter: number,
): void {
  if (!isFirstClick(response) || !hasFingerprint(response)) return;
  const { fingerprint, ipHash } = response;
  const hour = hourAt(quarter);
  const visitors = seen.get(hour) ?? new Map<string, Seen>();
  seen.set(hour, visitors);
  const earlier = visitors.get(fingerprint);
  if (earlier === undefined || quarter < earlier.quarter) {
    visitors.set(fingerprint, { ipHash, quarter });
  }
}

/**
 * Counts each visitor once an hour, in the quarter of their first click. The first 20 from an IP are unique
 * visitors, all others of that hour are suspicious.
 */
export function* countedVisitors(
  seen: FingerprintsSeen,
): Generator<{ readonly quarter: number; readonly as: 'uniqueVisitors' | 'suspicious' }> {
  for (const visitors of seen.values()) {
    const ofIp = new Map<string, number>();
    for (const { ipHash, quarter } of [...visitors.values()].sort(byQuarter)) {
      const before = ofIp.get(ipHash) ?? 0;
      ofIp.set(ipHash, before + 1);
      yield { quarter, as: before < MOST_OF_AN_IP ? 'uniqueVisitors' : 'suspicious' };
    }
  }
}

const byQuarter = (a: Seen, b: Seen): number => a.quarter - b.quarter;
