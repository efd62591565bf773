import type { Duration } from './duration.js';

/** What every opened reader, writer and committer is given. */
export interface PluginContext {
  /** The job's name. */
  readonly job: string;
  /** The operator's name in the job: stable over restarts, unique in the job. */
  readonly uid: string;
  /** Which of the parallel instances this is, from 0. */
  readonly subtask: number;
  readonly parallelism: number;
  /** Goes up by one at every start and restart of one incarnation: the fence. Compare it only within an incarnation. */
  readonly epoch: number;
  /**
   * A random id kept with the checkpoint storage. A job started afresh on other storage is a new incarnation: its epochs begin at 1
   * again without being a zombie's, and what an earlier one left in an external system proves nothing for it.
   */
  readonly incarnation: string;
  /**
   * The job keeps checkpoints. False: barriers still come, sinks flush and commit at them, but a restart has no positions and no
   * committables: a source begins where its own options say.
   */
  readonly durable: boolean;
  /** Aborted when the run ends, for whatever reason. Give it to everything that waits. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /**
   * Tells whoever watches the job of something that it may want to know and that is no failure, such as a partition taken away: an event
   * of type `reported`. Neither credentials nor elements belong into `fields`.
   */
  report(event: string, fields?: ReportFields): void;
  /** The only time a plugin knows. Tests inject a virtual one. */
  readonly clock: Clock;
}

/** The particulars of something reported. */
export type ReportFields = Readonly<Record<string, string | number | boolean>>;

/** Time, injected. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after the duration; rejects with the signal's reason as soon as that is aborted, and frees its timer. */
  sleep(duration: Duration, signal?: AbortSignal): Promise<void>;
}

/** Where a plugin reports. A pino logger fits as it is, and so does `console`. */
export interface Logger {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
}

/** Where a plugin counts. The engine adds the labels of job, operator and subtask. */
export interface Metrics {
  /** A number that only grows. `delta` is 1 when left out. */
  counter(name: string, help?: string): { add(delta?: number): void };
  /** A number that is read when somebody looks. */
  gauge(name: string, read: () => number, help?: string): void;
  /** A distribution. Milliseconds for durations, bytes for sizes. */
  histogram(name: string, help?: string): { record(value: number): void };
}
