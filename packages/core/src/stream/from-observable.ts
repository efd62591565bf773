import { SluiceError } from '@sluice/connector-sdk';
import { from, type ObservableInput } from 'rxjs';
import type { Overflow } from '../graph/node.js';
import { type DataStream, DEFAULT_BUFFER, streamOf } from './data-stream.js';

export interface FromObservableOptions {
  /** Elements that may wait while the job is busy; 65,536 when left out. */
  readonly buffer?: number;
  /** What happens to the next one: `fail` (default), `dropOldest`, `dropNewest`, or `block` where the input can wait. */
  readonly overflow?: Overflow;
}

const OVERFLOWS: readonly Overflow[] = ['fail', 'dropOldest', 'dropNewest', 'block'];

/**
 * Anything that rxjs' `from` takes, as a stream of a job: an Observable, a promise, an iterable, an async iterable, a Readable of Node
 * (its chunks, or its objects in object mode). It cannot be replayed, so the job's guarantee is at-most-once for it.
 *
 * Iterables and Readables can wait, so they are pulled and nothing overflows; a policy that drops has async ones and Readables read ahead all
 * the same. An Observable can be neither paused nor replayed: it goes through a bounded buffer. What is dropped is counted in
 * `sluice_observable_dropped_total` and told by the event `reported` (`elementsDropped`), at most once a second.
 *
 * An error of the input fails the job. When the run ends an Observable is unsubscribed, a Readable destroyed, an iterator returned.
 *
 * @throws SLUICE_SOURCE for what is none of these
 * @throws SLUICE_OPTION for a buffer that is no positive whole number, an unknown policy, or `block` with something that cannot wait
 * @throws SLUICE_BUFFER_OVERFLOW (fails the job) when the buffer is full and the policy is `fail`
 * @throws SLUICE_INPUT_SPENT (fails the job) when a restart meets a generator, an iterator or a Readable that has been read from already
 *
 * @example
 * fromObservable(clicks$, { buffer: 10_000, overflow: 'dropOldest' });
 */
export function fromObservable<T>(input: ObservableInput<T>, options: FromObservableOptions = {}): DataStream<T> {
  const { buffer = DEFAULT_BUFFER, overflow = 'fail' } = options;
  if (!Number.isSafeInteger(buffer) || buffer < 1) throw invalid('a buffer of at least 1 element', String(buffer));
  if (!OVERFLOWS.includes(overflow)) throw invalid(`overflow to be one of ${OVERFLOWS.join(', ')}`, String(overflow));
  requireInput(input);
  const canWait = Symbol.asyncIterator in Object(input) || Symbol.iterator in Object(input);
  if (overflow === 'block' && !canWait)
    throw invalid('an iterable for overflow: "block"', 'an Observable, which cannot wait');
  return streamOf<T>({
    kind: 'observable',
    inputs: [],
    role: { type: 'observable', input, buffer, overflow, declared: true },
    stateful: false,
  });
}

function requireInput(input: unknown): void {
  try {
    from(input as ObservableInput<unknown>);
  } catch {
    throw new SluiceError({
      code: 'SLUICE_SOURCE',
      component: 'fromObservable',
      expected: 'an Observable, a promise, an iterable, an async iterable or a Readable',
      actual: input === null ? 'null' : typeof input,
      remedy: 'give it what `from` of rxjs takes; what a connector made goes through fromSource',
    });
  }
}

function invalid(expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_OPTION',
    component: 'fromObservable',
    expected,
    actual,
    remedy: 'correct the option; the docs of fromObservable list what it takes',
  });
}
