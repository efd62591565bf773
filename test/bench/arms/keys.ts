import {
  aggregateByKey,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  type Keyed,
  keyBy,
  type Source,
  to,
} from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { Meter } from '../meter.js';
import { sized } from '../size.js';
import { BATCH } from './batch-source.js';

export const MOST_KEYS = sized(10_000_000);
export const FEW_KEYS = 10_000;
const TIMED = sized(5_000_000);
/** Keys that elements still come for, and elements until another begins: as bids on auctions. */
const ACTIVE = 100;
const ELEMENTS_PER_KEY = 15;

/**
 * Which keys come next: around one that moves on through all of them, as in a stream of orders or auctions, or any of them, so that each
 * element misses every cache there is.
 */
export type Locality = 'moving' | 'anywhere';

/** First an element for each of the most keys that there are, then those that are timed; of all the rest by the number of keys. */
function* elements(keys: number, locality: Locality): Generator<number[]> {
  let batch: number[] = [];
  let random = 1;
  for (let number = 0; number < MOST_KEYS + TIMED; number++) {
    let key = number;
    if (number >= MOST_KEYS) {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) | 0;
      const drawn = random >>> 4;
      key = locality === 'anywhere' ? drawn : Math.floor((number - MOST_KEYS) / ELEMENTS_PER_KEY) + (drawn % ACTIVE);
    }
    batch.push((key % MOST_KEYS) % keys);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

function source(keys: number, locality: Locality): Source<number> {
  return {
    specVersion: 1,
    name: 'keys',
    bounded: true,
    replayable: false,
    discover: async () => [{ id: 'all', split: undefined }],
    open: async () => ({
      async *read() {
        for (const values of elements(keys, locality)) yield { values, positionAfter: () => undefined };
      },
      close: async () => {},
    }),
  };
}

/** The consumer of all arms: whatever the number of keys, the checksum is that of few of them. */
function consumer() {
  const meter = new Meter(MOST_KEYS, MOST_KEYS + TIMED);
  let mark = MOST_KEYS;
  let outputs = 0;
  let checksum = 0;
  let keys = 0;
  let last: unknown;
  return {
    consume(key: number, count: number, result: unknown): void {
      last = result;
      if (count === 1) keys++;
      checksum = (checksum + (key % FEW_KEYS)) | 0;
      if (++outputs === mark) mark = meter.reached();
    },
    completed: () => meter.completed(),
    result(): ArmResult {
      if (last === undefined) throw new Error('the arm emitted nothing');
      return { ...meter.result(), outputs, checksum, keys };
    },
  };
}

/** A count for each key. */
export async function countOfKeys(keys: number, locality: Locality): Promise<ArmResult> {
  const { consume, completed, result } = consumer();
  const flow = fromSource(source(keys, locality)).pipe(
    keyBy((key) => key),
    aggregateByKey(countOf()),
    to(callbackSink((counted: Keyed<number, number>) => consume(counted.key, counted.value, counted))),
  );
  await createJob('keys', flow).run();
  completed();
  return result();
}

/** The same by hand: a bare Map. */
export async function countOfKeysInMap(keys: number, locality: Locality): Promise<ArmResult> {
  const { consume, completed, result } = consumer();
  const counters = new Map<number, { count: number }>();
  for (const values of elements(keys, locality)) count(counters, values, consume);
  completed();
  return result();
}

type Consume = ReturnType<typeof consumer>['consume'];

function count(counters: Map<number, { count: number }>, keys: readonly number[], consume: Consume): void {
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as number;
    let counter = counters.get(key);
    if (counter === undefined) {
      counter = { count: 0 };
      counters.set(key, counter);
    }
    const counted = { key, value: ++counter.count };
    consume(key, counted.value, counted);
  }
}
