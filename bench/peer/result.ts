import { type Figure, figureOf, ratioOf } from '../figure.ts';
import type { Measurement } from './measurement.ts';

/** pinax-referrals and us under the same load. All times are in milliseconds. */
export interface PeerResult {
  readonly peer: SideResult;
  readonly ours: SideResult;
  /** Ours to theirs, round by round. */
  readonly ratios: { readonly clicksPerSecond: Figure; readonly p99AtEqualLoad: Figure };
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Clicks a second of the equal load: half of what the peer could take in the first round. */
  readonly rate: number;
  /** What the peer is made of. */
  readonly versions: readonly string[];
}

export interface SideResult {
  readonly name: string;
  readonly fullSpeed: {
    readonly clicksPerSecond: Figure;
    readonly p50: Figure;
    readonly p99: Figure;
    /** Processor time of a click. */
    readonly cpu: Figure;
    /** The same but for the database, where that is a process of its own. */
    readonly cpuWithoutDatabase: Figure;
  };
  readonly equalLoad: { readonly p50: Figure; readonly p99: Figure };
  /** What a new visitor's click asks the database, by kind: SQL statements, or DynamoDB calls. */
  readonly calls: Readonly<Record<string, number>>;
}

/** Both sides, measured one after the other. */
export interface Round {
  readonly peer: Measurement;
  readonly ours: Measurement;
}

export function ratiosOf(rounds: readonly Round[]): PeerResult['ratios'] {
  const ratio = (pick: (measurement: Measurement) => number) =>
    ratioOf(
      rounds.map(({ ours }) => pick(ours)),
      rounds.map(({ peer }) => pick(peer)),
    );
  return {
    clicksPerSecond: ratio(({ fullSpeed }) => fullSpeed.clicksPerSecond),
    p99AtEqualLoad: ratio(({ equalLoad }) => equalLoad.p99),
  };
}

export function figuresOf(
  measurements: readonly Measurement[],
): Pick<SideResult, 'fullSpeed' | 'equalLoad'> {
  const figure = (pick: (measurement: Measurement) => number) => figureOf(measurements.map(pick));
  return {
    fullSpeed: {
      clicksPerSecond: figure(({ fullSpeed }) => fullSpeed.clicksPerSecond),
      p50: figure(({ fullSpeed }) => fullSpeed.p50),
      p99: figure(({ fullSpeed }) => fullSpeed.p99),
      cpu: figure(({ cpu }) => cpu.server + cpu.database),
      cpuWithoutDatabase: figure(({ cpu }) => cpu.server),
    },
    equalLoad: {
      p50: figure(({ equalLoad }) => equalLoad.p50),
      p99: figure(({ equalLoad }) => equalLoad.p99),
    },
  };
}
