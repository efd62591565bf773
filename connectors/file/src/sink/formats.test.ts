import * as zlib from 'node:zlib';
import { text } from '@sluice/connector-sdk';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvSource } from '../csv-source.js';
import { batchesOf, temporaryFolder } from '../testing/reading.js';
import { SinkRun, visibleParts } from '../testing/sinking.js';
import { type CsvField, csvRows } from './csv-rows-format.js';
import { dateBuckets } from './date-buckets.js';
import { fileSink } from './file-sink.js';
import { partCommittableCodec } from './part-committable.js';
import { ndjson, textLines } from './part-format.js';
import { fileSinkSettings } from './sink-settings.js';

const decoded = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

describe('csvRows', () => {
  const rows = csvRows<readonly CsvField[]>({
    columns: { a: (row) => row[0], 'b;"c"': (row) => row[1] },
    delimiter: ';',
  });

  test('quotes what must be quoted', () => {
    expect(decoded(rows.header ?? Buffer.of())).toBe('a;"b;""c"""\n');
    expect(decoded(rows.encode(['x;y', 'say "hi"\n']))).toBe('"x;y";"say ""hi""\n"');
    expect(decoded(rows.encode([null, new Date(0)]))).toBe(';1970-01-01T00:00:00.000Z');
    expect(decoded(rows.encode([12n, false]))).toBe('12;false');
    expect(csvRows({ columns: { a: () => 1 }, header: false }).header).toBeUndefined();
  });

  test('of any text are read back by a parser', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1, maxLength: 10 }), (values) => {
        const csv = values.map((row) => `${decoded(rows.encode(row))}\n`).join('');
        const options = { delimiter: ';', record_delimiter: '\n', skip_empty_lines: false };
        expect(parse(csv, options)).toEqual(values);
      }),
    );
  });

  test('keep their carriage returns, also where those who read see half of a line break', async () => {
    const directory = await temporaryFolder();
    const format = csvRows<string>({ columns: { a: (value) => value } });
    const values = ['a\r', '\r', '\ra', 'a\r\nb', 'b'];
    const run = await new SinkRun(fileSink<string>({ directory, format })).start();
    await run.write(...values);
    await run.checkpoint(true);
    const source = csvSource({ paths: `${directory}/*.csv`, row: ({ a }) => a });
    const read: unknown[] = [];
    for await (const batch of batchesOf(source)) read.push(...Array.from(batch.values));
    expect(read).toEqual(values);
  });

  test('with nothing in their only field are no empty lines, which those who read leave out', () => {
    const format = csvRows<string | null>({ columns: { a: (value) => value } });
    expect(['', 'x', null].map((value) => decoded(format.encode(value)))).toEqual(['""', 'x', '""']);
  });

  test('refuses what is no field', () => {
    expect(() => rows.encode([{} as never, 1])).toThrow('SLUICE_FILE_VALUE');
  });

  test('has its header in every part', async () => {
    const directory = await temporaryFolder();
    const format = csvRows<number>({ columns: { n: (n) => n } });
    const run = await new SinkRun(fileSink<number>({ directory, format, roll: { maxBytes: 5 } })).start();
    await run.write(1, 2, 3);
    const kept = await run.checkpoint();
    await run.close();
    const second = await new SinkRun(fileSink<number>({ directory, format }), { epoch: 2 }).start(kept);
    await second.write(4);
    await second.checkpoint(true);
    expect([...(await visibleParts(directory)).values()]).toEqual(['n\n1\n2\n', 'n\n3\n4\n']);
    await second.close();
  });
});

test('a value that cannot be a record is rejected, and the others are written', async () => {
  const directory = await temporaryFolder();
  const run = await new SinkRun(fileSink<unknown>({ directory, format: ndjson() })).start();
  await run.write(1n, { n: 1 }, undefined);
  await run.checkpoint(true);
  expect(run.rejected).toMatchObject([{ cause: { code: 'SLUICE_JSON' } }, { cause: { code: 'SLUICE_JSON' } }]);
  expect([...(await visibleParts(directory)).values()]).toEqual(['{"n":1}\n']);
  await run.close();
  expect(() => textLines(text()).encode('a\nb')).toThrow('SLUICE_FILE_VALUE');
});

test('what a format of somebody else gives and is no bytes is rejected', async () => {
  const directory = await temporaryFolder();
  const format = { extension: '.txt', encode: (value: string) => value as unknown as Uint8Array };
  const run = await new SinkRun(fileSink<string>({ directory, format })).start();
  await run.write('text');
  await run.checkpoint(true);
  expect(run.rejected).toMatchObject([{ value: 'text', cause: { code: 'SLUICE_FILE_VALUE', actual: 'string' } }]);
  expect((await visibleParts(directory)).size).toBe(0);
  await run.close();
});

describe('dateBuckets', () => {
  test('are folders of dates in UTC', () => {
    const bucketOf = dateBuckets<string>('yyyy-MM-dd/HH.mm');
    expect(bucketOf('', Date.UTC(2026, 0, 2, 3, 4, 59))).toBe('2026-01-02/03.04');
    expect(bucketOf('', Date.UTC(2026, 0, 2, 3, 5))).toBe('2026-01-02/03.05');
    expect(() => bucketOf('', Number.NaN)).toThrow('SLUICE_FILE_BUCKET');
    expect(dateBuckets<number>('yyyy', (n) => n)(0, Number.NaN)).toBe('1970');
    expect(() => dateBuckets('day')).toThrow('SLUICE_FILE_OPTIONS');
  });
});

describe('options', () => {
  const valid = { directory: 'out', format: ndjson<number>() };

  test.each([
    { directory: '' },
    { format: {} as never },
    { format: { ...ndjson<number>(), extension: '../x' } },
    { compression: 'lz4' as never },
    { roll: null as never },
    { roll: { maxBytes: 0 } },
    { roll: { maxAge: 0 } },
    { roll: { everyCheckpoint: 1 as never } },
    { bucketOf: 'day' as never },
    { maxOpenBuckets: 0 },
    { prefix: '../' },
  ])('%j are refused at once', (options) => {
    expect(() => fileSink({ ...valid, ...options })).toThrow('SLUICE_FILE_OPTIONS');
  });

  test('that are missing are refused at once', () => {
    expect(() => fileSink(undefined as never)).toThrow('SLUICE_FILE_OPTIONS');
  });

  test.skipIf('zstdCompress' in zlib)('zstd is refused where Node has none', () => {
    expect(() => fileSink({ ...valid, compression: 'zstd' })).toThrow('SLUICE_FILE_ZSTD');
  });

  test.runIf('zstdCompress' in zlib)('zstd is taken where Node has it', () => {
    expect(fileSinkSettings('fileSink', { ...valid, compression: 'zstd' }).extension).toBe('.ndjson.zst');
  });
});

describe('a committable', () => {
  const part = {
    kind: 'open',
    incarnation: 'i',
    bucket: 'a/b',
    name: 'part-01234567-000001-0-000000.ndjson.gz',
    bytes: 7,
    createdAt: 5,
  } as const;

  test('survives its codec', () => {
    expect(partCommittableCodec.decode(1, partCommittableCodec.encode(part))).toEqual(part);
  });

  test.each([
    { name: '../../etc/passwd' },
    { name: 'part-01234567-000001-0-000000/../x' },
    { bucket: '../..' },
    { incarnation: '../x' },
    { bytes: -1 },
    { kind: 'x' },
  ])('with %j is refused: a checkpoint is data', (wrong) => {
    const bytes = Buffer.from(JSON.stringify({ ...part, ...wrong }));
    expect(() => partCommittableCodec.decode(1, bytes)).toThrow('SLUICE_FILE_COMMITTABLE');
  });

  test('of damaged bytes or another version is refused', () => {
    expect(() => partCommittableCodec.decode(1, Buffer.from('{'))).toThrow('SLUICE_FILE_COMMITTABLE');
    expect(() => partCommittableCodec.decode(2, partCommittableCodec.encode(part))).toThrow('SLUICE_FILE_COMMITTABLE');
  });
});
