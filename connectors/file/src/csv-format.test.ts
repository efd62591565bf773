import { gzipSync } from 'node:zlib';
import type { SluiceError } from '@sluice/connector-sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvFormat } from './csv-format.js';
import type { FilesOptions } from './files-options.js';
import { filesSettings } from './files-settings.js';
import { recordSource } from './record-source.js';
import { Counters, contextWith, readAll, temporaryFile, valuesOf } from './testing/reading.js';

interface Reading extends Omit<FilesOptions, 'paths'> {
  readonly chunkBytes?: number;
  readonly delimiter?: string;
  readonly columns?: readonly string[];
}

const poison = { '~accepts': () => {} };

function rowsOf(path: string, { chunkBytes = 1024, delimiter = ',', columns, ...options }: Reading = {}) {
  const settings = filesSettings('csvSource', { paths: path, ...options });
  return recordSource(
    settings,
    csvFormat((fields) => ({ ...fields }), delimiter, columns),
    chunkBytes,
  );
}

const field = fc
  .array(fc.constantFrom('a', 'ü', '漢', '"', ',', ';', '\n', '\r\n', '\r', ' ', '7'), { maxLength: 5 })
  .map((parts) => parts.join(''));
const row = fc.record({ first: field, second: field, third: field });
const lineBreak = fc.constantFrom('\n', '\r\n', '\n\n', '\r\n\r\n');

interface Written {
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly csv: string;
  readonly delimiter: string;
}

const written: fc.Arbitrary<Written> = fc
  .record({
    rows: fc.array(row, { maxLength: 12 }),
    breaks: fc.array(lineBreak, { minLength: 14, maxLength: 14 }),
    quotes: fc.array(fc.boolean(), { minLength: 36, maxLength: 36 }),
    delimiter: fc.constantFrom(',', ';', '\t'),
    marked: fc.boolean(),
    ended: fc.boolean(),
  })
  .map(({ rows, breaks, quotes, delimiter, marked, ended }) => {
    const quoted = (value: string, index: number) =>
      quotes[index] || /["\r\n]/.test(value) || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value;
    const lines = rows.map((fields, i) =>
      Object.values(fields)
        .map((value, j) => quoted(value, i * 3 + j))
        .join(delimiter),
    );
    const all = [['"first"', 'second', 'third'].join(delimiter), ...lines];
    const csv = all.map((line, i) => line + (i < all.length - 1 || ended ? breaks[i] : '')).join('');
    return { rows, csv: (marked ? '\ufeff' : '') + csv, delimiter };
  });

describe('any rows in any chunks', () => {
  test('come back as they were written, and from every position exactly the rest', async () => {
    await fc.assert(
      fc.asyncProperty(written, fc.integer({ min: 1, max: 60 }), async ({ rows, csv, delimiter }, chunkBytes) => {
        const path = await temporaryFile(csv, 'rows.csv');
        const source = rowsOf(path, { chunkBytes, delimiter });
        const all = await readAll(source);
        expect(all.map(({ value }) => value)).toEqual(rows);
        for (const [index, { position }] of all.entries()) {
          expect(await valuesOf(source, { from: position })).toEqual(rows.slice(index + 1));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('with anything wrong in them are the same rows and the same bad lines however they are cut', async () => {
    const scrap = fc.constantFrom('a', '"', '"', ',', ',', '\n', '\n', '\r\n', 'ü', '""', '",', '\n"');
    const csv = fc.array(scrap, { maxLength: 60 }).map((parts) => `x,y\n${parts.join('')}`);
    await fc.assert(
      fc.asyncProperty(
        csv,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 3, max: 50 }),
        async (text, chunkBytes, maxLineBytes) => {
          const path = await temporaryFile(text, 'rows.csv');
          const shown = async (chunk: number) =>
            (await readAll(rowsOf(path, { chunkBytes: chunk, poison, maxLineBytes }))).map(({ value, poison }) =>
              poison === undefined
                ? value
                : [poison.offset, Buffer.from(poison.bytes).toString(), (poison.cause as SluiceError).message],
            );
          expect(await shown(chunkBytes)).toEqual(await shown(100_000));
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('columns', () => {
  test('are named by the first row of each file, wherever reading begins', async () => {
    const path = await temporaryFile('\ufeffid,"full\nname"\r\n1,Ann\r\n2,Bo\r\n', 'rows.csv');
    const source = rowsOf(path);
    const [first] = await readAll(source);
    expect(first).toEqual({ value: { id: '1', 'full\nname': 'Ann' }, position: 26 });
    expect(await valuesOf(source, { from: 26 })).toEqual([{ id: '2', 'full\nname': 'Bo' }]);
  });

  test('and empty lines are behind the last position', async () => {
    const path = await temporaryFile('a,b\n\n1,2\n\n\r\n', 'rows.csv');
    expect(await readAll(rowsOf(path))).toEqual([{ value: { a: '1', b: '2' }, position: 12 }]);
  });

  test('are named by the option in a file without a header row', async () => {
    const path = await temporaryFile('1,Ann\n2,Bo\n', 'rows.csv');
    const source = rowsOf(path, { columns: ['id', 'name'] });
    expect(await valuesOf(source)).toEqual([
      { id: '1', name: 'Ann' },
      { id: '2', name: 'Bo' },
    ]);
  });

  test('of a compressed file are found from a position as well', async () => {
    const path = await temporaryFile(gzipSync('id,name\n1,Ann\n2,Bo\n'), 'rows.csv.gz');
    expect(await valuesOf(rowsOf(path), { from: 14 })).toEqual([{ id: '2', name: 'Bo' }]);
  });

  test.each([
    ['a name twice', 'id,name,id\n1,2,3\n', 'the name "id" twice'],
    ['__proto__', 'id,__proto__\n1,2\n', 'the name __proto__'],
    ['wrong quotes', 'id,"na"me\n1,2\n', 'quoted wrongly'],
    ['other bytes than UTF-8', Buffer.from('id,\xff\n1,2\n', 'latin1'), 'not UTF-8'],
  ])('with %s are refused whatever the policy for lines is', async (_, csv, actual) => {
    const path = await temporaryFile(csv, 'rows.csv');
    const error = await readAll(rowsOf(path, { poison: 'skip' })).catch((cause) => cause);
    expect(error).toMatchObject({ code: 'SLUICE_FILE_HEADER', component: 'csvSource' });
    expect(error.message).toContain(actual);
    expect(error.message).toContain(path);
  });

  test('are there and rows are not: nothing is delivered, and nothing is wrong', async () => {
    expect(await readAll(rowsOf(await temporaryFile('', 'a.csv')))).toEqual([]);
    expect(await readAll(rowsOf(await temporaryFile('id,name', 'b.csv')))).toEqual([]);
    expect(await readAll(rowsOf(await temporaryFile('\n\nid,name\n\n', 'c.csv')))).toEqual([]);
  });

  test('are gone with all the rest: the file is shorter than what was read of it', async () => {
    const path = await temporaryFile('', 'rows.csv');
    await expect(readAll(rowsOf(path), { from: 20 })).rejects.toMatchObject({ code: 'SLUICE_FILE_TRUNCATED' });
  });
});

describe('a bad row', () => {
  const csv = 'a,b\n1,2\n3\n4,5,6\n"7"x,8\n9,1"0\n11,12\n13,"14\n15,16\n';

  test('goes to the side output with its offset, bytes and reason', async () => {
    const all = await readAll(rowsOf(await temporaryFile(csv, 'rows.csv'), { poison }));
    const shown = all.map(({ value, poison }) =>
      poison === undefined
        ? value
        : [poison.offset, Buffer.from(poison.bytes).toString(), (poison.cause as SluiceError).actual],
    );
    expect(shown).toEqual([
      { a: '1', b: '2' },
      [8, '3', '1'],
      [10, '4,5,6', '3'],
      [16, '"7"x,8', 'wrong quotes (CSV_INVALID_CLOSING_QUOTE)'],
      [23, '9,1"0', 'wrong quotes (INVALID_OPENING_QUOTE)'],
      { a: '11', b: '12' },
      [35, '13,"14\n15,16', 'wrong quotes (CSV_QUOTE_NOT_CLOSED)'],
    ]);
  });

  test('is one that `row` refuses, too', async () => {
    const path = await temporaryFile('n\n1\nx\n3\n', 'rows.csv');
    const refuse = ({ n = '' }: Readonly<Record<string, string>>) => {
      if (n === 'x') throw new TypeError(`${n} is not a number`);
      return Number(n);
    };
    const settings = filesSettings('csvSource', { paths: path });
    const error = await readAll(recordSource(settings, csvFormat(refuse, ',', undefined))).catch((cause) => cause);
    expect(error.code).toBe('SLUICE_FILE_LINE');
    expect(error.message).toContain(`at byte 4 of ${path}, got a TypeError`);
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  test('with bytes that are not UTF-8 is left out alone', async () => {
    const rows = Array.from({ length: 99 }, (_, n) => `${n},${n === 40 ? '\xff' : 'x'}`);
    const path = await temporaryFile(Buffer.from(`n,x\n${rows.join('\n')}`, 'latin1'), 'rows.csv');
    const metrics = new Counters();
    const values = await valuesOf(rowsOf(path, { poison: 'skip' }), { context: contextWith({ metrics }) });
    expect(values.map((value) => Number(value?.n))).toEqual([...Array(99).keys()].filter((n) => n !== 40));
    expect([...metrics.totals.values()]).toEqual([1]);
  });

  test('fails the job after the rows before it, without being quoted', async () => {
    const path = await temporaryFile('a,b\n1,2\nsecret\n', 'rows.csv');
    const error = await readAll(rowsOf(path)).catch((cause) => cause);
    expect(error.code).toBe('SLUICE_FILE_LINE');
    expect(JSON.stringify(error)).not.toContain('secret');
  });
});
