import { createJob, fromSource, keyBy, processKeyed, to, valueState } from '@sluice/core';
import { collectTransactionalSink, SeededRandom, simulate } from '@sluice/testing';
import { describe, expect, it } from 'vitest';
import { type Published, watched } from './watched-storage.js';

const RUNS = Number(process.env.SIMULATE_RUNS ?? 100);
const SEED = Number(process.env.SIMULATE_SEED ?? 1);
const KEYS = 40;
const BUSY = 5;

interface Step {
  readonly key: number;
  readonly n: number;
}

/** Each key once, then a few of them: sums that grow, and go when they come to a multiple of seven. */
function stepsOf(random: SeededRandom): readonly Step[] {
  const all = Array.from({ length: KEYS }, (_, key) => ({ key, n: 7 * key + 1 }));
  return [...all, ...Array.from({ length: 160 }, () => ({ key: random.int(0, BUSY), n: random.int(1, 9) }))];
}

function expectedOf(steps: readonly Step[]): readonly string[] {
  const sums = new Map<number, number>();
  return steps.map(({ key, n }, at) => {
    const sum = (sums.get(key) ?? 0) + n;
    if (sum % 7 === 0) sums.delete(key);
    else sums.set(key, sum);
    return `${at}/${key}:${sum}`;
  });
}

async function simulated(seed: number, published: Published): Promise<number> {
  const random = new SeededRandom(seed);
  const steps = stepsOf(random);
  const expected = [...expectedOf(steps)].sort();
  const sink = collectTransactionalSink<string>();
  const retained = random.int(1, 3);
  const { lives } = await simulate({
    seed,
    build: ({ source, storage }) =>
      createJob(
        'sums',
        fromSource(source([steps.map((step, at) => ({ ...step, at }))])).pipe(
          keyBy(({ key }) => key),
          processKeyed({
            state: { sum: valueState<number>() },
            onElement({ key, n, at }, { state }) {
              const sum = (state.sum.get() ?? 0) + n;
              if (sum % 7 === 0) state.sum.clear();
              else state.sum.set(sum);
              return `${at}/${key}:${sum}`;
            },
          }),
          to(sink),
        ),
        { checkpoints: { interval: 20, storage: watched(storage, published), retained, tolerableFailures: 1 } },
      ),
    check(phase) {
      if (phase === 'finished') expect([...sink.values].sort()).toEqual(expected);
      else expect(new Set(sink.values).size).toBe(sink.values.length);
    },
  });
  return lives;
}

describe(`incremental checkpoints, in ${RUNS} simulations from seed ${SEED}`, () => {
  it('lose and repeat nothing, under faults, crashes and zombies', async () => {
    const published: Published = { manifests: 0, chained: 0 };
    let lives = 0;
    for (let seed = SEED; seed < SEED + RUNS; seed++) lives += await simulated(seed, published);
    if (RUNS < 100) return;
    expect(lives / RUNS).toBeGreaterThan(2.5);
    expect(published.chained).toBeGreaterThan(published.manifests * 0.3);
  }, 300_000);
});
