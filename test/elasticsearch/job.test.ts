import type { Rejected } from '@sluice/connector-sdk';
import {
  arraySource,
  createJob,
  fixedDelay,
  fromSource,
  type JobEvent,
  memoryCheckpoints,
  noRestart,
  sideOutput,
  to,
} from '@sluice/core';
import { elasticsearchSink } from '@sluice/elasticsearch';
import { collectTransactionalSink } from '@sluice/testing';
import { map } from 'rxjs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { FaultProxy, isBulk } from './fault-proxy.js';
import { type Doc, SinkHarness } from './sink-harness.js';

describeWithService('elasticsearch', 'a job that writes to Elasticsearch', (url) => {
  const harness = new SinkHarness(url);
  const proxy = new FaultProxy(url);
  let node = '';
  beforeAll(async () => {
    node = await proxy.listen();
  });
  afterAll(() => proxy.close());

  const numbers = Array.from({ length: 5_000 }, (_, n) => n);
  /** The latest of each of 100 documents. */
  const latest = new Map(numbers.map((n) => [`${n % 100}`, { n }]));
  const restart = fixedDelay({ attempts: 10, delay: 10 });

  test('is effectively once through crashes, and its guarantee says so', async () => {
    const index = await harness.index();
    let failures = 0;
    const flow = fromSource(arraySource(numbers)).pipe(
      map((n): Doc => {
        if (n > 2_000 && n % 1_000 === 500 && failures++ < 3) throw new Error('injected');
        return { id: `${n % 100}`, n };
      }),
      to(elasticsearchSink(harness.options<Doc>(index, { maxCount: 200 }))),
    );
    const job = createJob(`${harness.job} crashes`, flow, {
      guarantee: 'exactly-once',
      restart,
      checkpoints: { interval: 20, storage: memoryCheckpoints() },
    });
    const result = await job.run();
    expect(result).toMatchObject({ status: 'finished', restarts: 3 });
    expect(await harness.documents(index)).toEqual(latest);
  });

  test('loses nothing when connections are cut while it runs', async () => {
    const index = await harness.index();
    let bulks = 0;
    proxy.fault = (exchange) => {
      if (!isBulk(exchange) || ++bulks % 5 !== 0) return undefined;
      return { cut: bulks % 2 === 0 ? 'before' : 'after' };
    };
    const retry = { attempts: 1 };
    const flow = fromSource(arraySource(numbers)).pipe(
      map((n): Doc => ({ id: `${n % 100}`, n })),
      to(elasticsearchSink(harness.options<Doc>(index, { node, maxCount: 250, retry }))),
    );
    const job = createJob(`${harness.job} cut`, flow, {
      restart: fixedDelay({ attempts: 100, delay: 5 }),
      checkpoints: { interval: 10, storage: memoryCheckpoints() },
    });
    const result = await job.run();
    expect(result.restarts).toBeGreaterThan(0);
    expect(await harness.documents(index)).toEqual(latest);
  });

  test('started afresh on a used index writes over what the first one has left', async () => {
    const index = await harness.index();
    for (const round of ['first', 'second']) {
      const flow = fromSource(arraySource(numbers.slice(0, 100))).pipe(
        map((n): Doc => ({ id: `${n}`, round })),
        to(elasticsearchSink(harness.options<Doc>(index))),
      );
      // Other storage: another incarnation, whose epochs begin at 1 again.
      const checkpoints = { interval: 20, storage: memoryCheckpoints() };
      await createJob(`${harness.job} afresh`, flow, { checkpoints, restart: noRestart() }).run();
    }
    const documents = await harness.documents(index);
    expect(documents.size).toBe(100);
    expect(new Set([...documents.values()].map(({ round }) => round))).toEqual(new Set(['second']));
  });

  test('sends poison elements to the dead letters, once, through restarts, and delivers the rest', async () => {
    const index = await harness.index({ mappings: { properties: { n: { type: 'long' } } } });
    const rejected$ = sideOutput<Rejected<Doc>>('rejected');
    const letters = collectTransactionalSink<Rejected<Doc>>();
    let failures = 0;
    const flow = fromSource(arraySource(numbers)).pipe(
      map((n): Doc => {
        if (n > 2_000 && n % 1_000 === 500 && failures++ < 3) throw new Error('injected');
        return { id: `${n}`, n: n % 100 === 50 ? 'poison' : n };
      }),
      to(elasticsearchSink(harness.options<Doc>(index, { maxCount: 100 })), { rejected: rejected$ }),
    );
    const dead = rejected$.pipe(to(letters));
    const result = await createJob(`${harness.job} poison`, [flow, dead], {
      restart,
      checkpoints: { interval: 20, storage: memoryCheckpoints() },
    }).run();
    expect(result.restarts).toBe(3);
    const poison = numbers.filter((n) => n % 100 === 50);
    expect(letters.values.map(({ value }) => value.id).sort()).toEqual(poison.map(String).sort());
    expect((await harness.documents(index)).size).toBe(numbers.length - poison.length);
  });

  test('without a place for dead letters fails by a mapping conflict, and says what to do', async () => {
    const index = await harness.index({ mappings: { properties: { n: { type: 'long' } } } });
    const events: JobEvent[] = [];
    const flow = fromSource(arraySource([{ id: 'a', n: 'SECRET' }])).pipe(
      to(elasticsearchSink(harness.options<Doc>(index))),
    );
    const job = createJob(`${harness.job} conflict`, flow, { restart: noRestart() });
    job.events.subscribe((event) => events.push(event));
    const failed = job.run();
    await expect(failed).rejects.toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_MAPPING',
      remedy: expect.stringContaining('rejected'),
    });
    expect(JSON.stringify([events, await failed.catch((error) => error)])).not.toContain('SECRET');
  });

  test('does not start when nothing answers', async () => {
    const flow = fromSource(arraySource([{ id: 'a' }])).pipe(
      to(elasticsearchSink(harness.options<Doc>('i', { node: 'http://127.0.0.1:9' }))),
    );
    const job = createJob(`${harness.job} nobody`, flow, { restart: noRestart() });
    await expect(job.run()).rejects.toMatchObject({ code: 'SLUICE_ELASTICSEARCH_UNREACHABLE' });
  });
});
