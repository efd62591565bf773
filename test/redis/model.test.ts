import { redisHashSink, redisSortedSetSink, redisStringSink } from '@sluice/redis';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { codeOf, RedisHarness, type Run } from './redis-harness.js';

interface Row {
  readonly key: string;
  readonly n: number | null;
  readonly revision: number;
}

/** What happens to the runs of a job; `run` is one of those that have started, the older ones being zombies. */
type Step =
  | { readonly do: 'start'; readonly fresh: boolean }
  | { readonly do: 'write'; readonly run: number; readonly rows: readonly Row[] }
  | { readonly do: 'lose the fence' };

const rows = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    n: fc.option(fc.nat(99), { nil: null }),
    revision: fc.nat(4),
  }),
  { minLength: 1, maxLength: 5 },
);
const steps = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ do: fc.constant('start' as const), fresh: fc.boolean() }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('write' as const), run: fc.nat(9), rows }) },
    { weight: 1, arbitrary: fc.constant({ do: 'lose the fence' as const }) },
  ),
  { maxLength: 12 },
);

/** What a key is to hold, by the rules and without a server. */
class Model {
  readonly held = new Map<
    string,
    { readonly n: number | null; readonly generation: number; readonly revision: number }
  >();
  #newest = 0;
  #least = 0;

  start(): number {
    this.#newest += 1;
    this.#least = this.#newest;
    return this.#newest;
  }

  loseFence(): void {
    this.#least = 0;
  }

  /** Answers whether the run is to hear that it is a zombie. */
  write(generation: number, row: Row, versioned: boolean): boolean {
    const { key, n, revision } = row;
    const held = this.held.get(key);
    if (generation < this.#least) return true;
    if (held !== undefined && versioned && revision !== held.revision) {
      if (revision > held.revision) this.held.set(key, { n, generation, revision });
      return false;
    }
    if (held !== undefined && generation < held.generation) return !versioned;
    this.held.set(key, { n, generation, revision });
    return false;
  }
}

describeWithService('redis', 'redis sinks against a model', (endpoint) => {
  const harness = new RedisHarness(endpoint);
  let runs = 0;

  const options = (name: string, versioned: boolean) => ({
    ...harness.options,
    linger: '1h' as const,
    ...(versioned ? { version: ({ revision }: Row) => revision } : {}),
    key: ({ key }: Row) => `${name}:${key}`,
  });
  const shapes = {
    hash: (name: string, versioned: boolean) =>
      redisHashSink<Row>({ ...options(name, versioned), fields: ({ n }) => (n === null ? null : { n }) }),
    string: (name: string, versioned: boolean) =>
      redisStringSink<Row>({ ...options(name, versioned), value: ({ n }) => n }),
    'sorted set': (name: string, versioned: boolean) =>
      redisSortedSetSink<Row>({
        ...options(name, versioned),
        key: () => name,
        member: ({ key }) => key,
        score: ({ n }) => n,
      }),
  };
  const readers = {
    hash: (name: string, key: string) => harness.redis.hget(`${harness.prefix}${name}:${key}`, 'n'),
    string: (name: string, key: string) => harness.redis.get(`${harness.prefix}${name}:${key}`),
    'sorted set': (name: string, key: string) => harness.redis.zscore(`${harness.prefix}${name}`, key),
  };

  async function play(shape: keyof typeof shapes, versioned: boolean, history: readonly Step[]): Promise<void> {
    const name = `m${runs++}`;
    const sink = shapes[shape](name, versioned);
    const model = new Model();
    const started: { readonly run: Run<Row>; readonly generation: number; ended: boolean }[] = [];
    let epoch = 0;
    let incarnation = 'first';
    const start = async (fresh: boolean) => {
      epoch = fresh ? 1 : epoch + 1;
      if (fresh) incarnation = `incarnation ${started.length}`;
      const run = await harness.open(sink, epoch, { job: name, incarnation });
      started.push({ run, generation: model.start(), ended: false });
    };
    try {
      await start(true);
      for (const step of history) {
        if (step.do === 'start') await start(step.fresh);
        else if (step.do === 'lose the fence') {
          await harness.redis.hdel(`${harness.prefix}sluice:fences`, `${name}/${encodeURIComponent(uid())}`);
          model.loseFence();
        } else {
          const chosen = started[step.run % started.length];
          if (chosen === undefined || chosen.ended) continue;
          // One element at a time, so that what is written before a zombie hears of it is the same in both.
          for (const row of step.rows) {
            const zombie = model.write(chosen.generation, row, versioned);
            await chosen.run.write(row);
            const outcome = await chosen.run.flush().then(() => 'written', codeOf);
            expect(outcome === 'written').toBe(!zombie);
            chosen.ended = zombie;
            if (zombie) break;
          }
        }
      }
      for (const key of ['a', 'b', 'c']) {
        const n = model.held.get(key)?.n ?? null;
        expect(await readers[shape](name, key)).toBe(n === null ? null : String(n));
      }
    } finally {
      for (const { run } of started) await run.close();
    }
  }

  const uid = () => expect.getState().currentTestName ?? '';

  describe.each(['hash', 'string', 'sorted set'] as const)('%s', (shape) => {
    test.each([false, true])('holds what the rules say, with versions of the user: %s', async (versioned) => {
      await fc.assert(
        fc.asyncProperty(steps, (history) => play(shape, versioned, history)),
        { numRuns: 20 },
      );
    });
  });
});
