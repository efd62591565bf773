import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { defineSource } from '@sluice/connector-sdk';
import {
  aggregate,
  boundedOutOfOrderness,
  callbackSink,
  countOf,
  createJob,
  fileCheckpoints,
  fromSource,
  json,
  keyBy,
  noRestart,
  type Sink,
  sideOutput,
  text,
  to,
  tumbling,
  windowBy,
  withTimestamps,
  writableSink,
} from '@sluice/core';
import {
  csvRows,
  csvSource,
  dateBuckets,
  fileSink,
  fileSource,
  ndjson,
  type PoisonLine,
  textLines,
} from '@sluice/file';
import { lastValueFrom, map, toArray } from 'rxjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hiddenParts, visibleParts } from '../../connectors/file/src/testing/sinking.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-file-job-'));
  for (const name of ['out', 'dead']) await mkdir(join(folder, name));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const contents = async (name: string): Promise<string> =>
  [...(await visibleParts(join(folder, name))).values()].join('');
const checkpoints = () => ({ interval: 20, storage: fileCheckpoints(join(folder, 'checkpoints')) });

/** Gives so many numbers at once and goes on for ever, or ends. */
const numbers = (count: number, endless: boolean) =>
  defineSource({
    name: 'numbers',
    bounded: !endless,
    replayable: true,
    discover: async () => [{ id: 'numbers', split: undefined }],
    open: async (context) => ({
      async *read(_split, position: number | undefined, signal) {
        for (let n = position ?? 0; n < count; n++) yield { values: [n], positionAfter: () => n + 1 };
        if (endless) await context.clock.sleep('1h', signal);
      },
      close: async () => {},
    }),
  });

describe('a job into part files', () => {
  test('is exactly-once, and finishes its parts at the end of the input', async () => {
    const sink = fileSink<number>({ directory: join(folder, 'out'), format: ndjson() });
    const job = createJob('numbers', fromSource(numbers(1_000, false)).pipe(to(sink)), {
      checkpoints: checkpoints(),
      guarantee: 'exactly-once',
    });
    expect(job.guarantee.level).toBe('exactly-once');
    await job.run();
    expect(await contents('out')).toBe(Array.from({ length: 1_000 }, (_, n) => `${n}\n`).join(''));
    expect((await visibleParts(join(folder, 'out'))).size).toBe(1);
    expect(await hiddenParts(join(folder, 'out'))).toEqual([]);
  });

  test('that is stopped keeps its open part hidden and goes on with it', async () => {
    const start = (count: number, endless: boolean) => {
      const sink = fileSink<number>({ directory: join(folder, 'out'), format: ndjson() });
      return createJob('numbers', fromSource(numbers(count, endless)).pipe(to(sink)), { checkpoints: checkpoints() });
    };
    for (const count of [3, 5]) {
      const job = start(count, true);
      const running = job.run();
      await new Promise<void>((resolve) => {
        let completed = 0;
        job.events.subscribe({
          next: (event) => {
            if (event.type === 'checkpointCompleted' && ++completed === 3) resolve();
          },
          error: () => {},
        });
      });
      await job.stop();
      await running;
      expect(await contents('out')).toBe('');
      expect(await hiddenParts(join(folder, 'out'))).toHaveLength(1);
    }
    await start(6, false).run();
    expect(await contents('out')).toBe('0\n1\n2\n3\n4\n5\n');
    expect((await visibleParts(join(folder, 'out'))).size).toBe(1);
  });

  test('without checkpoints leaves nothing hidden', async () => {
    const sink = fileSink<number>({ directory: join(folder, 'out'), format: ndjson() });
    await createJob('numbers', fromSource(numbers(10, false)).pipe(to(sink))).run();
    expect(await contents('out')).toBe('0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n');
    expect(await hiddenParts(join(folder, 'out'))).toEqual([]);
  });

  test('by date, of compressed CSV, is read back by csvSource', async () => {
    const at = (n: number) => Date.UTC(2026, 0, 1 + (n % 3));
    const sink = fileSink<number>({
      directory: join(folder, 'out'),
      format: csvRows({ columns: { n: (n) => n, text: (n) => `a "${n}", b` } }),
      compression: 'gzip',
      bucketOf: dateBuckets('yyyy-MM-dd'),
    });
    const stream$ = fromSource(numbers(30, false)).pipe(withTimestamps(at, boundedOutOfOrderness('7d')));
    await createJob('dates', stream$.pipe(to(sink)), { checkpoints: checkpoints() }).run();
    const folders = [...(await visibleParts(join(folder, 'out'))).keys()].map((path) => path.split('/')[0]);
    expect(folders).toEqual(['2026-01-01', '2026-01-02', '2026-01-03']);
    const source = csvSource({ paths: join(folder, 'out/**/*.csv.gz'), row: ({ n, text }) => [Number(n), text] });
    const read = await lastValueFrom(fromSource(source).pipe(toArray()));
    expect(read.sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual(
      Array.from({ length: 30 }, (_, n) => [n, `a "${n}", b`]),
    );
  });

  test('refuses a missing directory before anything is read', async () => {
    const sink = fileSink<number>({ directory: join(folder, 'missing'), format: ndjson() });
    const job = createJob('numbers', fromSource(numbers(10, false)).pipe(to(sink)), {
      checkpoints: checkpoints(),
      restart: noRestart(),
    });
    await expect(job.run()).rejects.toMatchObject({
      code: 'SLUICE_FILE_DIRECTORY',
      remedy: expect.stringMatching(/create it/),
    });
  });
});

/** What is done with dead letters, and how they are read back. */
const ends: Readonly<Record<string, () => { readonly sink: Sink<string>; read(): Promise<string> }>> = {
  fileSink: () => ({
    sink: fileSink<string>({ directory: join(folder, 'dead'), format: textLines(text()) }),
    read: () => contents('dead'),
  }),
  callbackSink: () => {
    const got: string[] = [];
    return { sink: callbackSink((line: string) => void got.push(`${line}\n`)), read: async () => got.join('') };
  },
  writableSink: () => {
    const got: string[] = [];
    const stream = new Writable({
      highWaterMark: 4,
      write(chunk, _encoding, done) {
        got.push(String(chunk));
        setImmediate(done);
      },
    });
    return {
      sink: writableSink(stream, { chunk: (line: string) => `${line}\n`, end: true }),
      read: async () => got.join(''),
    };
  },
};

describe.each(Object.keys(ends))('dead letters go into a %s:', (name) => {
  test('lines that do not decode', async () => {
    await writeFile(join(folder, 'in.ndjson'), '{"n":1}\nbroken\n{"n":2}\nalso broken\n');
    const poison$ = sideOutput<PoisonLine>('poison');
    const source = fileSource({ paths: join(folder, 'in.ndjson'), value: json<{ n: number }>(), poison: poison$ });
    const good: number[] = [];
    const { sink, read } = ends[name]?.() ?? expect.fail();
    await createJob(
      'poison',
      [
        fromSource(source).pipe(to(callbackSink(({ n }) => void good.push(n)))),
        poison$.pipe(
          map(({ offset, bytes }) => `${offset} ${Buffer.from(bytes)}`),
          to(sink),
        ),
      ],
      { checkpoints: checkpoints() },
    ).run();
    expect(good).toEqual([1, 2]);
    expect(await read()).toBe('8 broken\n23 also broken\n');
  });

  test('what a sink rejects', async () => {
    const rejected$ = sideOutput<{ readonly value: unknown; readonly cause: unknown }>('rejected');
    const out = fileSink<unknown>({ directory: join(folder, 'out'), format: ndjson() });
    const { sink, read } = ends[name]?.() ?? expect.fail();
    await createJob(
      'rejecting',
      [
        fromSource(numbers(6, false)).pipe(
          map((n): unknown => (n % 3 === 0 ? BigInt(n) : n)),
          to(out, { rejected: rejected$ }),
        ),
        rejected$.pipe(
          map(({ value, cause }) => `${value} ${(cause as { code: string }).code}`),
          to(sink),
        ),
      ],
      { checkpoints: checkpoints() },
    ).run();
    expect(await contents('out')).toBe('1\n2\n4\n5\n');
    expect(await read()).toBe('0 SLUICE_JSON\n3 SLUICE_JSON\n');
  });

  test('elements that are late', async () => {
    const late$ = sideOutput<number>('late');
    const counts: number[] = [];
    const { sink, read } = ends[name]?.() ?? expect.fail();
    await createJob(
      'late',
      [
        fromSource(numbers(5, false)).pipe(
          withTimestamps((n) => (n === 3 ? 1 : n * 60_000), boundedOutOfOrderness(0), { every: 0 }),
          keyBy(() => 'all'),
          windowBy(tumbling('1m'), { late: late$ }),
          aggregate(countOf()),
          to(callbackSink(({ value }) => void counts.push(value))),
        ),
        late$.pipe(
          map((n) => `late ${n}`),
          to(sink),
        ),
      ],
      { checkpoints: checkpoints() },
    ).run();
    expect(counts).toEqual([1, 1, 1, 1]);
    expect(await read()).toBe('late 3\n');
  });
});

test('a tailed log that is rotated while the job runs, and while it does not, arrives once', async () => {
  const log = join(folder, 'app.log');
  await writeFile(log, '0\n');
  const out = join(folder, 'out');
  let written = 1;
  const more = async (count: number) => {
    for (let i = 0; i < count; i++) await appendFile(log, `${written++}\n`);
  };
  const lines = async () => (await contents('out')).split('\n').slice(0, -1);
  for (let start = 0; start < 2; start++) {
    const source = fileSource({ paths: log, value: text(), tail: true, poll: '5ms', rotateWait: '20ms' });
    const sink = fileSink<string>({ directory: out, format: textLines(text()), roll: { everyCheckpoint: true } });
    const job = createJob('tail', fromSource(source).pipe(to(sink)), { checkpoints: checkpoints() });
    const running = job.run();
    await more(5);
    // A job that has never read a line knows nothing of the file that was rotated away.
    await expect
      .poll(async () => (await lines()).length, { timeout: 20_000, interval: 20 })
      .toBeGreaterThan(start * 11);
    await rename(log, `${log}.${written}`);
    await more(5);
    await expect.poll(async () => (await lines()).length, { timeout: 20_000, interval: 20 }).toBe(written);
    await job.stop();
    await running;
    await more(3);
    await rename(log, `${log}.${written}`);
    await writeFile(log, '');
  }
  expect(await lines()).toEqual(Array.from({ length: written - 3 }, (_, n) => String(n)));
  expect(await readFile(log, 'utf8')).toBe('');
});
