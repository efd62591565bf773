import { createJob, fromSource, monotonousTimestamps, to, withTimestamps } from '@sluice/core';
import { collectTransactionalSink, SeededRandom, simulate } from '@sluice/testing';
import { describe, expect, it } from 'vitest';
import type { Branch } from './branch.js';
import { asOfJoins, coGroups, intervalJoins, windowJoins } from './branches/joins.js';
import type { Event } from './event.js';
import { type Published, watched } from './watched-storage.js';

const RUNS = Number(process.env.SIMULATE_RUNS ?? 25);
const SEED = Number(process.env.SIMULATE_SEED ?? 1);
const KEYS = 40;
const BUSY = 4;

/** Each key a few times, then a few of them, while what is kept of the others waits, and goes. */
function eventsOf(random: SeededRandom): readonly Event[] {
  let at = 0;
  const keys = [
    ...Array.from({ length: 2 * KEYS }, (_, place) => place % KEYS),
    ...Array.from({ length: 160 }, () => random.int(0, BUSY)),
  ];
  return keys.map((key, place) => {
    if (place > 2 * KEYS) at += 2 * random.int(0, 2);
    return { id: place + 1, key, split: 0, at, value: 0 };
  });
}

async function simulated(seed: number, joins: (random: SeededRandom) => Branch, published: Published): Promise<void> {
  const random = new SeededRandom(seed);
  const events = eventsOf(random);
  const branch = joins(random);
  const expected = [...(branch.expected([events])[0] ?? [])].sort();
  const sink = collectTransactionalSink<string>();
  await simulate({
    seed,
    build(tools) {
      const events$ = fromSource(tools.source([events])).pipe(
        withTimestamps(({ at }) => at, monotonousTimestamps(), { every: 0 }),
      );
      const storage = watched(tools.storage, published);
      return createJob(
        'joins',
        branch.build(events$, tools).map((outputs$) => outputs$.pipe(to(sink))),
        { checkpoints: { interval: 20, storage, tolerableFailures: 1 } },
      );
    },
    check(phase) {
      const { values } = sink;
      if (phase === 'finished') expect([...values].sort(), `seed ${seed}: ${branch.name}`).toEqual(expected);
      else expect(new Set(values).size, `seed ${seed}: ${branch.name}`).toBe(values.length);
    },
  });
}

describe(`incremental checkpoints of joins, in ${RUNS} simulations from seed ${SEED}`, () => {
  it.each([
    ['interval joins', intervalJoins],
    ['window joins', windowJoins],
    ['groups', coGroups],
    ['joins as of', asOfJoins],
  ])(
    '%s lose and repeat nothing',
    async (_name, joins) => {
      const published: Published = { manifests: 0, chained: 0 };
      for (let seed = SEED; seed < SEED + RUNS; seed++) await simulated(seed, joins, published);
      if (RUNS >= 25) expect(published.chained).toBeGreaterThan(published.manifests * 0.1);
    },
    300_000,
  );
});
