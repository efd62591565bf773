import { inspect, isDeepStrictEqual } from 'node:util';
import { SluiceError } from '@sluice/connector-sdk';
import { createJob, type DataStream, fromSource, memoryCheckpoints, to } from '@sluice/core';
import type { Observable } from 'rxjs';
import { drive, type JobDriver } from '../drive/drive.js';
import { collectTransactionalSink } from '../sinks/collect-transactional-sink.js';
import { type Gate, gatedSource } from './gated-source.js';

export interface RestorableOptions {
  /** Chooses the order of what could happen in another order as well; 1 when left out. */
  readonly seed?: number;
  /** Outputs must come in the same order too. Across keys that is more than the engine promises. */
  readonly ordered?: boolean;
}

/** Long enough that no checkpoint is taken that was not asked for. */
const NEVER = '365d';
/** Virtual time that each part of the input is given before the barrier: as long as nothing more happens in it. */
const PAUSE = '1s';

/**
 * Proves that a pipeline can be restored anywhere: runs it without interruption, then once for each position in the input, with a
 * checkpoint there, a crash, and a restart from it. Each restart builds the pipeline afresh, so that what it kept outside of its state
 * is gone. The committed outputs must be the same each time.
 *
 * Which elements are late depends on when watermarks are made: an input with late ones needs `withTimestamps(..., { every: 0 })`.
 *
 * @param pipe Builds the pipeline under test on the stream of the input; called once for each run
 * @param input The elements
 * @throws SLUICE_NOT_RESTORABLE naming the first position at which the outputs differ, with both of them; what fails the job
 *
 * @example
 * await assertRestorable(
 *   (numbers$) => numbers$.pipe(keyBy((n) => n % 2), scanByKey((sum, n) => sum + n, () => 0), map((k) => k.value)),
 *   [1, 2, 3, 4],
 * );
 */
export async function assertRestorable<T, R>(
  pipe: (input: DataStream<T>) => Observable<R>,
  input: Iterable<T>,
  { seed = 1, ordered = false }: RestorableOptions = {},
): Promise<void> {
  const values = [...input];
  const expected = await outputs(pipe, values, undefined, seed);
  for (let position = 0; position <= values.length; position++) {
    const received = await outputs(pipe, values, position, seed);
    const same = ordered ? isDeepStrictEqual(received, expected) : sameBag(received, expected);
    if (!same) throw differs(position, expected, received);
  }
}

function sameBag(one: readonly unknown[], other: readonly unknown[]): boolean {
  const [left, right] = [one, other].map((all) => all.map((value) => inspect(value, EVERYTHING)).sort());
  return isDeepStrictEqual(left, right);
}

const EVERYTHING = {
  depth: Number.POSITIVE_INFINITY,
  maxArrayLength: null,
  maxStringLength: null,
  sorted: true,
} as const;

/** What a run commits that is interrupted by a barrier, a crash and a restart at a position, if there is one. */
async function outputs<T, R>(
  pipe: (input: DataStream<T>) => Observable<R>,
  values: readonly T[],
  position: number | undefined,
  seed: number,
): Promise<readonly R[]> {
  const gate: Gate = { open: position ?? values.length + 1 };
  const sink = collectTransactionalSink<R>();
  const storage = memoryCheckpoints();
  const start = (): JobDriver => {
    const output$ = pipe(fromSource(gatedSource(values, gate)));
    return drive(createJob('restorable', output$.pipe(to(sink)), { checkpoints: { interval: NEVER, storage } }), {
      seed,
      patience: 0,
    });
  };
  if (position !== undefined) {
    const interrupted = start();
    await interrupted.advance(PAUSE);
    await interrupted.checkpoint();
    await interrupted.crash();
    gate.open = values.length + 1;
  }
  const last = start();
  await last.advance(PAUSE);
  await last.finish();
  return sink.values;
}

function differs(position: number, expected: readonly unknown[], received: readonly unknown[]): SluiceError {
  return new SluiceError({
    code: 'SLUICE_NOT_RESTORABLE',
    component: 'assertRestorable',
    expected: `the same outputs when restored after ${position} elements:\n${inspect(expected)}\n`,
    actual: `\n${inspect(received)}\n`,
    remedy:
      'keep what has to survive in the state of an operator (scanByKey, processKeyed), not in a variable; when elements of the input come too late, let withTimestamps make watermarks after each element (every: 0), so that the same ones are late in every run',
  });
}
