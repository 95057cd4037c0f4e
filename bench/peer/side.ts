/** A referral service that is measured. */
export interface Side {
  readonly name: string;
  /** Starts it in a directory of its own, with one link and nothing else in it. */
  readonly start: (directory: string) => Promise<RunningSide>;
  /** What a new visitor's click asks the database: how many calls or statements of each kind. */
  readonly callsOfClick: (directory: string) => Promise<Readonly<Record<string, number>>>;
}

export interface RunningSide {
  readonly link: string;
  /** Milliseconds of processor time that its processes have taken so far. */
  readonly cpu: () => Promise<Cpu>;
  /** How many clicks are stored. */
  readonly countClicks: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

export interface Cpu {
  readonly server: number;
  /** Of the database, where that is a process of its own. */
  readonly database: number;
}
