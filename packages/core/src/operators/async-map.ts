import { type Duration, type Rejected, shownOption } from '@sluice/connector-sdk';
import type { OperatorFunction } from 'rxjs';
import { type OperatorOptions, settingsOf } from '../graph/node.js';
import { option, requireSideOutput } from '../options/option.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { StreamObserver } from '../stream/element.js';
import type { OperatorContext } from '../stream/operator.js';
import { type SideTarget, targetOf } from '../stream/side-target.js';
import { type AsyncContext, Attempts } from './async-attempts.js';
import { type AsyncEntry, AsyncQueue } from './async-queue.js';
import { captureQueue, restoreQueue } from './async-state.js';

export interface AsyncMapOptions extends OperatorOptions {
  /** Elements that may be under way; at that many the operator is full. */
  readonly concurrency: number;
  /** `input` (default): results in the order of their elements. `completion`: as they come, but never across a watermark. */
  readonly order?: 'input' | 'completion';
  /** For one attempt; none when left out. */
  readonly timeout?: Duration;
  /** `attempts` in all; the delay doubles from `delay` (100 ms) up to `maxDelay` (10 s). */
  readonly retry?: { readonly attempts: number; readonly delay?: Duration; readonly maxDelay?: Duration };
  /** After the last attempt: fail the job (default), drop and count, or send the element with its cause. */
  readonly onError?: 'fail' | 'skip' | SideTarget<Rejected<unknown>>;
}

/**
 * Maps each element by a promise, with bounded concurrency; emits each result with the timestamp of its element. A watermark never
 * overtakes an element. What is under way at a checkpoint is kept in it and submitted again on restore, so the projection may be called
 * more than once for an element.
 *
 * @throws SLUICE_OPTION for options that cannot be
 * @throws SLUICE_ASYNC_TIMEOUT (fails the job, or goes with the element) when the last attempt took too long
 *
 * Semantics: Flink's asynchronous I/O operator.
 *
 * @example
 * orders$.pipe(asyncMap(async (order, { signal }) => enrich(order, signal), { concurrency: 64, timeout: '5s' }));
 */
export function asyncMap<T, R>(
  project: (value: T, context: AsyncContext) => Promise<R>,
  options: AsyncMapOptions,
): OperatorFunction<T, R> {
  option.callback('asyncMap', 'project', project);
  const checked = checkAsyncOptions(options);
  return (source) =>
    streamOf<R>({
      kind: 'asyncMap',
      inputs: [nodeOf(source)],
      settings: settingsOf(options),
      stateful: true,
      sideOutputs: typeof checked.onError === 'object' ? [checked.onError] : [],
      role: {
        type: 'operator',
        create: (context, out) =>
          createAsyncMap(project as (value: unknown, context: AsyncContext) => Promise<unknown>, checked, context, out),
      },
    });
}

/** The options of `asyncMap`, complete. */
export interface CheckedAsyncOptions {
  readonly concurrency: number;
  readonly ordered: boolean;
  readonly timeout: number | undefined;
  readonly attempts: number;
  readonly delay: number;
  readonly maxDelay: number;
  readonly onError: 'fail' | 'skip' | object;
}

/** The input of `asyncMap`. */
export function createAsyncMap(
  project: (value: unknown, context: AsyncContext) => Promise<unknown>,
  options: CheckedAsyncOptions,
  context: OperatorContext,
  out: StreamObserver<unknown>,
): StreamObserver<unknown> {
  const { task, clock, uid } = context;
  const { concurrency, onError } = options;
  const queue = new AsyncQueue(options.ordered);
  const skipped = context.metrics.counter(`${uid}.skipped`, 'elements dropped after the last attempt');
  const reject = typeof onError === 'object' ? context.sideOutput(onError) : undefined;
  let room: (() => void) | undefined;

  const drain = (): void => {
    queue.drain((entry) => {
      if (entry.watermark !== undefined) out.watermark(entry.watermark);
      else if (!entry.failed) out.next(entry.result, entry.timestamp);
      else if (reject !== undefined) reject({ value: entry.value, cause: entry.result }, entry.timestamp);
      else skipped.add();
    });
    if (room !== undefined && queue.elements < concurrency) {
      room();
      room = undefined;
    }
  };
  const settled = (entry: AsyncEntry): void => {
    if (entry.failed && onError === 'fail') task.fail(entry.result);
    else {
      queue.settled(entry);
      task.wake(drain);
    }
  };
  const attempts = new Attempts(project, options, clock, uid, settled, () => task.wake(drain));
  task.alarm(attempts);
  context.onClose(() => attempts.close());

  const submit = (value: unknown, timestamp: number): void => {
    attempts.start(queue.add(value, timestamp));
    if (queue.elements < concurrency || room !== undefined) return;
    task.full(
      new Promise((resolve) => {
        room = resolve;
      }),
    );
  };
  if (context.restored !== undefined) {
    restoreQueue(context.restored, uid, submit, (timestamp) => queue.addWatermark(timestamp));
    task.wake(drain);
  }
  return {
    next: submit,
    watermark(timestamp) {
      if (queue.empty) out.watermark(timestamp);
      else queue.addWatermark(timestamp);
    },
    barrier(barrier) {
      barrier.capture(captureQueue(uid, queue));
      out.barrier(barrier);
    },
    status: (idle) => out.status(idle),
    error: (error) => out.error(error),
    complete: () => out.complete(),
  };
}

/** Longer than any timer: the clock arms itself again. */
const LONGEST = Number.MAX_SAFE_INTEGER;

export function checkAsyncOptions(options: AsyncMapOptions, component = 'asyncMap'): CheckedAsyncOptions {
  const {
    concurrency,
    order = 'input',
    timeout,
    retry,
    onError = 'fail',
  } = option.object(component, 'options', options);
  option.wholeNumber(component, 'concurrency', concurrency, 1, LONGEST);
  const known = order === 'input' || order === 'completion';
  option.require(component, known, 'order', "'input' or 'completion'", shownOption(order));
  if (onError !== 'fail' && onError !== 'skip') requireSideOutput(component, 'onError', onError);
  return {
    concurrency,
    ordered: order === 'input',
    timeout: timeout === undefined ? undefined : option.duration(component, 'timeout', timeout, 1, LONGEST),
    attempts: option.wholeNumber(component, 'retry.attempts', retry?.attempts ?? 1, 1, LONGEST),
    delay: option.duration(component, 'retry.delay', retry?.delay ?? 100, 1, LONGEST),
    maxDelay: option.duration(component, 'retry.maxDelay', retry?.maxDelay ?? '10s', 1, LONGEST),
    onError: typeof onError === 'string' ? onError : targetOf(onError as SideTarget<never>),
  };
}
