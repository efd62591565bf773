import { type PluginContext, SluiceError, type Source } from '@sluice/connector-sdk';
import { from, type ObservableInput, Subject, takeUntil } from 'rxjs';
import type { Overflow } from '../graph/node.js';
import { BoundedBuffer } from './bounded-buffer.js';
import { DropReport } from './drop-report.js';
import { isReadable, type ReadableInput } from './readable.js';

/** Elements that one batch of an iterable holds at most. */
const BATCH = 1024;

/** Iterators that have been read from: what they gave is gone. */
const spent = new WeakSet<object>();

type Batch = ReturnType<typeof batchOf>;

/**
 * Anything that rxjs' `from` takes as a source that cannot be replayed. Iterables and Readables are pulled, unless an asynchronous one is to
 * drop; an Observable goes through a bounded buffer.
 */
export function observableSource(input: unknown, buffer: number, overflow: Overflow): Source<unknown> {
  return {
    specVersion: 1,
    name: 'observable',
    bounded: true,
    replayable: false,
    discover: async () => [{ id: 'observable', split: undefined }],
    open: async (context) => ({
      read(_split, _position, signal) {
        refuseSpent(input);
        const drops = overflow === 'dropOldest' || overflow === 'dropNewest';
        if (Symbol.iterator in Object(input)) return pulled(input as Iterable<unknown>, signal);
        if (Symbol.asyncIterator in Object(input) && !drops) return awaited(input as AsyncIterable<unknown>, signal);
        return buffered(input as ObservableInput<unknown>, buffer, overflow, context, signal);
      },
      close: async () => {},
    }),
  };
}

function batchOf(values: unknown[]): { values: unknown[]; positionAfter(): undefined } {
  return { values, positionAfter: () => undefined };
}

/** A second run over a generator would find it at its end, and take that for the end of the input. */
function refuseSpent(input: unknown): void {
  if (typeof input !== 'object' || input === null || !isOnce(input)) return;
  if (spent.has(input)) {
    throw new SluiceError({
      code: 'SLUICE_INPUT_SPENT',
      component: 'fromObservable',
      expected: 'an input that can be read again by another run',
      actual: 'a generator, iterator or Readable that an earlier run has read from',
      remedy:
        'give an object whose iterator method makes a new one each time, or a replayable source; and see why that run ended',
    });
  }
  spent.add(input);
}

/** What is its own iterator gives each element once. A Subject has a `next` too, and can be subscribed again. */
function isOnce(input: object): boolean {
  if (isReadable(input)) return true;
  const isIterable = Symbol.iterator in input || Symbol.asyncIterator in input;
  return isIterable && typeof (input as { readonly next?: unknown }).next === 'function';
}

async function* pulled(input: Iterable<unknown>, signal: AbortSignal): AsyncGenerator<Batch> {
  let values: unknown[] = [];
  try {
    for (const value of input) {
      values.push(value);
      if (values.length < BATCH) continue;
      yield batchOf(values);
      if (signal.aborted) return;
      values = [];
    }
  } catch (error) {
    if (values.length > 0) yield batchOf(values);
    throw error;
  }
  if (values.length > 0) yield batchOf(values);
}

/**
 * An iterable that waits for its next value knows nothing of the signal: at the end it is left to itself; a Readable is destroyed. What a
 * Readable has at hand comes in one batch.
 */
async function* awaited(input: AsyncIterable<unknown>, signal: AbortSignal): AsyncGenerator<Batch> {
  const iterator = input[Symbol.asyncIterator]();
  const readable = isReadable(input) ? input : undefined;
  let end = (): void => {};
  const ended = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined);
  });
  signal.addEventListener('abort', end, { once: true });
  let over = false;
  try {
    while (!signal.aborted) {
      const result = await Promise.race([iterator.next(), ended]);
      over = result?.done === true;
      if (result === undefined || over) return;
      yield batchOf(readable === undefined ? [result.value] : atHand(result.value, readable));
    }
  } catch (error) {
    over = true;
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
    // Not by its iterator: `return` would wait for the `next` under way.
    if (readable !== undefined) readable.destroy();
    else if (!over) iterator.return?.()?.catch(() => {});
  }
}

function atHand(first: unknown, readable: ReadableInput): unknown[] {
  const values = [first];
  while (values.length < BATCH) {
    const value = readable.read();
    if (value === null) break;
    values.push(value);
  }
  return values;
}

async function* buffered(
  input: ObservableInput<unknown>,
  size: number,
  overflow: Overflow,
  context: PluginContext,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const waiting = new BoundedBuffer(size);
  const drops = new DropReport(context, overflow);
  // Also ends an input that emits without end while it is being subscribed.
  const stops = new Subject<void>();
  let ended = false;
  let failure: { readonly error: unknown; readonly atOnce: boolean } | undefined;
  let wakeUp = (): void => {};
  const fail = (error: unknown, atOnce: boolean): void => {
    failure ??= { error, atOnce };
    stops.next();
    wakeUp();
  };
  const subscription = from(input)
    .pipe(takeUntil(stops))
    .subscribe({
      next(value) {
        if (waiting.isFull) {
          if (overflow === 'fail' || overflow === 'block') return fail(overflown(size), true);
          drops.dropped();
          if (overflow === 'dropNewest') return;
          waiting.dropOldest();
        }
        waiting.push(value);
        wakeUp();
      },
      // What came before it is delivered first, as by any operator of rxjs that buffers.
      error: (error) => fail(error, false),
      complete() {
        ended = true;
        wakeUp();
      },
    });
  const abort = (): void => {
    ended = true;
    stops.next();
    wakeUp();
  };
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    for (;;) {
      if (failure?.atOnce) throw failure.error;
      if (waiting.length > 0) yield batchOf(waiting.takeAll());
      else if (failure !== undefined) throw failure.error;
      else if (ended) return;
      else {
        await new Promise<void>((resolve) => {
          wakeUp = resolve;
        });
      }
    }
  } finally {
    signal.removeEventListener('abort', abort);
    subscription.unsubscribe();
    if (isReadable(input)) input.destroy();
    drops.report();
  }
}

export function overflown(size: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_BUFFER_OVERFLOW',
    component: 'fromObservable',
    expected: `at most ${size} elements waiting`,
    actual: 'more, from an Observable that cannot be paused',
    remedy: 'choose a larger buffer or an overflow policy (dropOldest, dropNewest), or use a source that can wait',
  });
}
