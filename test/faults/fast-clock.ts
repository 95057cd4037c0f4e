/** A clock that runs fast from a moment on, in every process that has its variables. */
export interface FastClock {
  /** Epoch milliseconds. */
  readonly fastNow: () => number;
  /** The time of this clock at a real time; both in epoch milliseconds. */
  readonly fast: (real: number) => number;
  /**
   * Variables that make `Date` run fast in a Node process. Timers stay as they are. Such a process has to
   * use the proxy for DynamoDB, because the SDK compares its clock with the dates of the answers.
   */
  readonly variables: Readonly<Record<'FAST_CLOCK' | 'NODE_OPTIONS', string>>;
}

const RealDate = Date;

/** Starts a clock that shows `start` now, and runs `factor` times as fast as real time. */
export function startFastClock({ start, factor }: { start: Date; factor: number }): FastClock {
  const setting = `${RealDate.now()},${start.getTime()},${factor}`;
  return {
    fastNow: () => fastOf(setting)(RealDate.now()),
    fast: fastOf(setting),
    variables: { FAST_CLOCK: setting, NODE_OPTIONS: `--import=${import.meta.url}` },
  };
}

function fastOf(setting: string): (real: number) => number {
  const [realBase = 0, fastBase = 0, factor = 1] = setting.split(',').map(Number);
  return (real) => Math.floor(fastBase + (real - realBase) * factor);
}

// Set in a process that preloads this module through NODE_OPTIONS.
const { FAST_CLOCK } = process.env;
if (FAST_CLOCK !== undefined) {
  const fast = fastOf(FAST_CLOCK);
  const fastNow = () => fast(RealDate.now());
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, parameters, newTarget) =>
      Reflect.construct(target, parameters.length === 0 ? [fastNow()] : parameters, newTarget),
    get: (target, name) => (name === 'now' ? fastNow : Reflect.get(target, name)),
  });
}
