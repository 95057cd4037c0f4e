import { inDirectory, type Measurement, type MeasurementOptions, measure } from './measurement.ts';
import { ours } from './ours.ts';
import { pinax, pinaxVersions } from './pinax.ts';
import { figuresOf, type PeerResult, type Round, ratiosOf } from './result.ts';
import type { Side } from './side.ts';

export interface PeerOptions extends MeasurementOptions {
  /** Each measures either side once. */
  readonly rounds: number;
  /** Hears what is going on. */
  readonly report: (line: string) => void;
}

export const defaults = { rounds: 5, seconds: 8, warmUp: 5, connections: 16 };

/**
 * Measures pinax-referrals and us, in turns. What it has started ends with this process at the latest.
 *
 * @throws Error in one line where Python is missing, a click is not answered by a redirect, or not stored.
 */
export async function measurePeer(options: PeerOptions): Promise<PeerResult> {
  const { rounds: count, seconds, connections, report } = options;
  const calls = {
    peer: await inDirectory(pinax.callsOfClick),
    ours: await inDirectory(ours.callsOfClick),
  };
  const rounds: Round[] = [];
  let rate: number | undefined;
  const measureNext = async (side: Side): Promise<Measurement> => {
    const measurement = await measure(side, rate, options);
    rate ??= measurement.rate;
    report(`Round ${rounds.length + 1} of ${count}, ${side.name}: ${inWords(measurement)}`);
    return measurement;
  };
  while (rounds.length < count) {
    // What is written first is measured first.
    rounds.push(
      rounds.length % 2 === 0
        ? { peer: await measureNext(pinax), ours: await measureNext(ours) }
        : { ours: await measureNext(ours), peer: await measureNext(pinax) },
    );
  }
  const [theirs, our] = [rounds.map(({ peer }) => peer), rounds.map((round) => round.ours)];
  return {
    peer: { name: pinax.name, ...figuresOf(theirs), calls: calls.peer },
    ours: { name: ours.name, ...figuresOf(our), calls: calls.ours },
    ratios: ratiosOf(rounds),
    rounds: count,
    seconds,
    connections,
    rate: rate ?? Number.NaN,
    versions: await pinaxVersions(),
  };
}

const inWords = ({ fullSpeed, rate, equalLoad }: Measurement): string =>
  `${fullSpeed.clicksPerSecond.toFixed()} clicks/s; p99 at ${rate} clicks/s ${equalLoad.p99.toFixed(1)} ms`;
