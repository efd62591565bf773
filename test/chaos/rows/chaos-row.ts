import type { Mistake, Point } from '../faults/fault.js';
import type { Mode } from '../workload/tables.js';

/** What one run has to know. The seed decides everything that is to be decided. */
export interface Round {
  readonly mode: Mode;
  readonly seed: number;
  readonly point: Point | undefined;
  readonly servers: Servers;
  /** Of the connector, to see that it is noticed. */
  readonly mistake?: Mistake | undefined;
}

/** Where rows get their servers from. */
export interface Servers {
  /** The one for all; never harmed. */
  readonly url: string;
  /** One that this row may kill and set as it likes; the same one for all of its runs, which come one after the other. */
  own(): Promise<OwnServer>;
}

export interface OwnServer {
  readonly url: string;
  /** SIGKILL, or an orderly stop. */
  stop(how: 'kill' | 'fast'): Promise<void>;
  start(maxPreparedTransactions: number): Promise<void>;
}

export interface RunReport {
  readonly faults: number;
  readonly violations: readonly string[];
}

/** A row of the scorecard. */
export interface ChaosRow {
  readonly row: number;
  readonly title: string;
  readonly modes: readonly Mode[];
  /** Where each place has runs of its own. */
  readonly points?: (mode: Mode) => readonly Point[];
  /** Its runs need the server to themselves. */
  readonly oneByOne?: boolean;
  run(round: Round): Promise<RunReport>;
}
