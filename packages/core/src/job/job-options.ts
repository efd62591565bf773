import {
  type CheckpointStorage,
  type Clock,
  type Duration,
  type Logger,
  type Metrics,
  milliseconds,
  SluiceError,
  type StateBackend,
} from '@sluice/connector-sdk';
import { parallel } from '../graph/validate.js';
import type { GuaranteeLevel } from './guarantee.js';
import type { RestartStrategy } from './restart-strategy.js';

export interface JobOptions {
  /** Refuses to start when the job cannot give it. */
  readonly guarantee?: 'exactly-once' | 'at-least-once' | 'at-most-once';
  /** Off when left out. */
  readonly checkpoints?: CheckpointOptions;
  readonly state?: StateBackend;
  /** Exponential delay with checkpoints, none without. */
  readonly restart?: RestartStrategy;
  /**
   * Default 'latest': the newest complete checkpoint in the storage, or a fresh start when there is none. A savepoint is where each
   * subscription begins, restarts of its own excepted: give it for the start that needs it and not for those that follow.
   */
  readonly startFrom?: 'latest' | 'scratch' | Savepoint;
  readonly uids?: 'derived' | 'required';
  readonly parallelism?: number;
  /** Number of key groups: fixed by the first checkpoint; 128 when left out. */
  readonly maxParallelism?: number;
  /** Event time kept back by an input for so long is told (`watermarkDelayed`); 30 seconds. */
  readonly watermarkDelay?: Duration;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly clock?: Clock;
}

export interface CheckpointOptions {
  /** Between the beginnings of two checkpoints. */
  readonly interval: Duration;
  readonly storage: CheckpointStorage;
  /**
   * `'at-least-once'` lets a barrier pass inputs without waiting for the others, where it would have to wait; local mode never has to. The
   * job's guarantee is `'at-least-once'` then; the default is `'exactly-once'`.
   */
  readonly mode?: 'exactly-once' | 'at-least-once';
  /** A checkpoint that takes longer is given up; 10 minutes. */
  readonly timeout?: Duration;
  /** Between the end of one and the beginning of the next, unless a sink that is full needs it sooner; 0. */
  readonly minPause?: Duration;
  /** Consecutive failed checkpoints that do not fail the run, savepoints not counted; 0. One that failed with a transaction sealed always does. */
  readonly tolerableFailures?: number;
  /** Complete checkpoints that are kept; 2. */
  readonly retained?: number;
  /**
   * Keyed state is written as what changed since the checkpoint before, behind the files that hold the rest; default true. With false,
   * and in savepoints always, each holds everything itself. The first of each run does.
   */
  readonly incremental?: boolean;
  /** Refused: in local mode a barrier never waits for others, so that there is nothing for it to overtake. */
  readonly unaligned?: boolean | { readonly after: Duration };
}

/** A checkpoint that is kept for its own sake and depends on nothing else. */
export interface Savepoint {
  readonly path: string;
  readonly storage?: CheckpointStorage;
  /** Drop the state of operators that the job does not have any more, and states that its operators do not declare. */
  readonly allowNonRestoredState?: boolean;
}

/** Options with their defaults, checked. */
export interface CheckedOptions {
  readonly guarantee: GuaranteeLevel | undefined;
  readonly checkpoints: CheckedCheckpoints | undefined;
  readonly startFrom: 'latest' | 'scratch' | Savepoint;
  readonly uids: 'derived' | 'required';
  readonly maxParallelism: number;
  /** Milliseconds. */
  readonly watermarkDelay: number;
}

export interface CheckedCheckpoints {
  readonly storage: CheckpointStorage;
  readonly mode: 'exactly-once' | 'at-least-once';
  /** Milliseconds, as the ones below. */
  readonly interval: number;
  readonly timeout: number;
  readonly minPause: number;
  readonly tolerableFailures: number;
  readonly retained: number;
  readonly incremental: boolean;
}

const LARGEST_PARALLELISM = 32_768;

/** Everything is looked at before anything starts. */
export function checkOptions(job: string, options: JobOptions): CheckedOptions {
  const { guarantee, startFrom = 'latest', uids = 'derived', parallelism = 1, maxParallelism = 128, state } = options;
  const component = `job '${job}'`;
  oneOf(component, 'guarantee', guarantee, [undefined, 'exactly-once', 'at-least-once', 'at-most-once']);
  oneOf(component, 'uids', uids, ['derived', 'required']);
  if (typeof startFrom === 'string') oneOf(component, 'startFrom', startFrom, ['latest', 'scratch']);
  else if (typeof startFrom?.path !== 'string')
    throw option(component, 'startFrom', "'latest', 'scratch' or a savepoint with a path", startFrom);
  if (parallelism !== 1) throw parallel(component, parallelism);
  wholeNumber(component, 'maxParallelism', maxParallelism, 1, LARGEST_PARALLELISM);
  if (state !== undefined && state.name !== 'memory') {
    throw option(component, 'state', 'memoryState()', state.name);
  }
  return {
    guarantee,
    startFrom,
    uids,
    maxParallelism,
    watermarkDelay: positive(component, 'watermarkDelay', options.watermarkDelay ?? '30s'),
    checkpoints: options.checkpoints && checkCheckpoints(component, options.checkpoints),
  };
}

function checkCheckpoints(component: string, options: CheckpointOptions): CheckedCheckpoints {
  const {
    storage,
    mode = 'exactly-once',
    timeout = '10m',
    minPause = 0,
    tolerableFailures = 0,
    retained = 2,
    incremental = true,
    unaligned,
  } = options;
  if (storage?.specVersion !== 1 || typeof storage.acquire !== 'function') {
    throw option(component, 'checkpoints.storage', 'a checkpoint storage such as fileCheckpoints(directory)', storage);
  }
  oneOf(component, 'checkpoints.incremental', incremental, [true, false]);
  oneOf(component, 'checkpoints.mode', mode, ['exactly-once', 'at-least-once']);
  if (unaligned !== undefined && unaligned !== false) {
    throw option(
      component,
      'checkpoints.unaligned',
      'nothing: in local mode a barrier never waits, so there is nothing to overtake',
      unaligned,
    );
  }
  wholeNumber(component, 'checkpoints.tolerableFailures', tolerableFailures, 0, Number.MAX_SAFE_INTEGER);
  wholeNumber(component, 'checkpoints.retained', retained, 1, 1_000_000);
  return {
    storage,
    mode,
    interval: positive(component, 'checkpoints.interval', options.interval),
    timeout: positive(component, 'checkpoints.timeout', timeout),
    minPause: minPause === 0 ? 0 : positive(component, 'checkpoints.minPause', minPause),
    tolerableFailures,
    retained,
    incremental,
  };
}

function positive(component: string, name: string, duration: Duration): number {
  const value = milliseconds(duration);
  if (value <= 0) throw option(component, name, 'a duration above 0', duration);
  return value;
}

function wholeNumber(component: string, name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw option(component, name, `a whole number from ${least} to ${most}`, value);
}

function oneOf(component: string, name: string, value: unknown, choices: readonly unknown[]): void {
  if (!choices.includes(value))
    throw option(component, name, `one of ${choices.filter((c) => c !== undefined).join(', ')}`, value);
}

function option(component: string, name: string, expected: string, actual: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_OPTION',
    component,
    expected: `'${name}' to be ${expected}`,
    actual: typeof actual === 'object' && actual !== null ? 'an object that is not one' : String(actual),
    remedy: `correct '${name}' or leave it out`,
  });
}
