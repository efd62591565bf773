import { SluiceError, type Source } from '@sluice/connector-sdk';
import { from, type ObservableInput } from 'rxjs';
import type { Overflow } from '../graph/node.js';

/** Elements that one batch of an iterable holds at most. */
const BATCH = 1024;

/**
 * Anything that rxjs' `from` takes as a source that cannot be replayed. Iterables are pulled; an Observable goes through a bounded
 * buffer.
 */
export function observableSource(input: unknown, buffer: number, overflow: Overflow): Source<unknown> {
  return {
    specVersion: 1,
    name: 'observable',
    bounded: true,
    replayable: false,
    discover: async () => [{ id: 'observable', split: undefined }],
    open: async () => ({
      read: (_split, _position, signal) =>
        isIterable(input)
          ? pulled(input, signal)
          : buffered(input as ObservableInput<unknown>, buffer, overflow, signal),
      close: async () => {},
    }),
  };
}

function isIterable(input: unknown): input is AsyncIterable<unknown> | Iterable<unknown> {
  return Symbol.asyncIterator in Object(input) || Symbol.iterator in Object(input);
}

function batchOf(values: unknown[]): { values: unknown[]; positionAfter(): undefined } {
  return { values, positionAfter: () => undefined };
}

async function* pulled(
  input: AsyncIterable<unknown> | Iterable<unknown>,
  signal: AbortSignal,
): AsyncGenerator<ReturnType<typeof batchOf>> {
  if (Symbol.iterator in input) {
    let values: unknown[] = [];
    for (const value of input) {
      values.push(value);
      if (values.length < BATCH) continue;
      yield batchOf(values);
      if (signal.aborted) return;
      values = [];
    }
    if (values.length > 0) yield batchOf(values);
    return;
  }
  yield* awaited(input[Symbol.asyncIterator](), signal);
}

/** An iterable that waits for its next value knows nothing of the signal: at the end it is left to itself. */
async function* awaited(
  iterator: AsyncIterator<unknown>,
  signal: AbortSignal,
): AsyncGenerator<ReturnType<typeof batchOf>> {
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
      yield batchOf([result.value]);
    }
  } catch (error) {
    over = true;
    throw error;
  } finally {
    signal.removeEventListener('abort', end);
    if (!over) iterator.return?.()?.catch(() => {});
  }
}

async function* buffered(
  input: ObservableInput<unknown>,
  size: number,
  overflow: Overflow,
  signal: AbortSignal,
): AsyncGenerator<ReturnType<typeof batchOf>> {
  let waiting: unknown[] = [];
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wakeUp = (): void => {};
  const subscription = from(input).subscribe({
    next(value) {
      if (waiting.length >= size) {
        if (overflow === 'dropNewest') return;
        if (overflow === 'dropOldest') waiting.shift();
        else failure ??= { error: overflown(size) };
      }
      waiting.push(value);
      wakeUp();
    },
    error(error) {
      failure ??= { error };
      wakeUp();
    },
    complete() {
      ended = true;
      wakeUp();
    },
  });
  const abort = (): void => {
    ended = true;
    subscription.unsubscribe();
    wakeUp();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      if (failure !== undefined) throw failure.error;
      if (waiting.length > 0) {
        const values = waiting;
        waiting = [];
        yield batchOf(values);
      } else if (ended) return;
      else {
        await new Promise<void>((resolve) => {
          wakeUp = resolve;
        });
      }
    }
  } finally {
    signal.removeEventListener('abort', abort);
    subscription.unsubscribe();
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
