import type { OwnServer, ServiceName, Settings } from '@sluice/services';
import type { Mistake } from '../faults/fault.js';

/** What one run has to know. The seed decides everything that is to be decided. */
export interface Round<Mode extends string = string, Point extends string = string> {
  readonly mode: Mode;
  readonly seed: number;
  readonly point: Point | undefined;
  readonly servers: Servers;
  /** How long a row that lasts as long as it is told to lasts. */
  readonly minutes: number;
  /** Of the connector, to see that it is noticed. */
  readonly mistake?: Mistake | undefined;
}

/** Where rows get their servers from. */
export interface Servers {
  /** The one for all; never harmed. */
  endpoint(service: ServiceName): Promise<string>;
  /** One that this row may kill and set as it likes: always the same, so whoever uses it has `oneByOne`. */
  own(service: ServiceName, settings?: Settings): Promise<OwnServer>;
}

export interface RunReport {
  readonly faults: number;
  readonly violations: readonly string[];
}

/** Runs in each mode, and at each point where the row has points. */
export interface RunCounts {
  /** In `--all --quick`. */
  readonly quick: number;
  /** In `--release`: with the points and modes, at least the count of the scorecard. */
  readonly release: number;
}

/** A row of the scorecard, or one part of it: several may have the same number. */
export interface ChaosRow<Mode extends string = string, Point extends string = string> {
  readonly row: number;
  readonly title: string;
  /** Servers without which nothing of it can be run. */
  readonly needs: readonly ServiceName[];
  readonly modes: readonly Mode[];
  /** Where each place has runs of its own. */
  points?(mode: Mode): readonly Point[];
  readonly counts: RunCounts;
  /** Its runs need a server to themselves. */
  readonly oneByOne?: boolean;
  run(round: Round<Mode, Point>): Promise<RunReport>;
}
