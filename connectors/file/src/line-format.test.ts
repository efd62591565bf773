import { gzipSync } from 'node:zlib';
import { bytes, type Decoder, json, type SluiceError, text } from '@sluice/connector-sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FilesOptions } from './files-options.js';
import { filesSettings } from './files-settings.js';
import { lineFormat } from './line-format.js';
import { recordSource } from './record-source.js';
import { batchesOf, Counters, contextWith, readAll, temporaryFile, valuesOf } from './testing/reading.js';

interface Reading<T> {
  readonly value: Decoder<T>;
  readonly chunkBytes?: number;
  readonly emptyLines?: 'skip' | 'decode';
  readonly options?: Omit<FilesOptions, 'paths'>;
}

function linesOf<T>(path: string, { value, chunkBytes = 1024, emptyLines = 'skip', options = {} }: Reading<T>) {
  return recordSource(
    filesSettings('fileSource', { paths: path, ...options }),
    lineFormat(value, emptyLines),
    chunkBytes,
  );
}

/** Lines as hexadecimal digits, so that any bytes can be compared. */
const hex: Decoder<string> = { decode: (line) => Buffer.from(line).toString('hex') };

/** The same by way of text, which only readers of valid UTF-8 take. */
const hexOfText: Decoder<string> = {
  decode: hex.decode,
  decodeText: (line) => Buffer.from(line).toString('hex'),
};

/** Lines by a plain split of all contents. */
function plainSplit(contents: Buffer, emptyLines: 'skip' | 'decode'): string[] {
  const marked = contents.subarray(0, 3).toString('hex') === 'efbbbf';
  const pieces = contents
    .subarray(marked ? 3 : 0)
    .toString('latin1')
    .split('\n');
  const last = pieces.pop() ?? '';
  const lines = pieces.map((piece) => (piece.endsWith('\r') ? piece.slice(0, -1) : piece));
  const kept = emptyLines === 'decode' ? lines : lines.filter((line) => line !== '');
  return [...kept, ...(last === '' ? [] : [last])].map((line) => Buffer.from(line, 'latin1').toString('hex'));
}

const fragment = fc.oneof(
  fc
    .constantFrom('a', '{"id":1}', 'ü', '漢', '😀', '\n', '\n', '\r\n', '\r', '', '\ufeff', ' ')
    .map((s) => Buffer.from(s)),
  fc.constantFrom(Buffer.of(0xff), Buffer.of(0xef, 0xbb), Buffer.of(0xe6), Buffer.of(0)),
);
const contents = fc.array(fragment, { maxLength: 30 }).map((fragments) => Buffer.concat(fragments));
const chunkBytes = fc.integer({ min: 1, max: 40 });
const emptyLines = fc.constantFrom('skip' as const, 'decode' as const);
const decoder = fc.constantFrom(hex, hexOfText);

describe('any bytes in any chunks', () => {
  test('give the lines of a plain split, and from every position exactly the rest', async () => {
    await fc.assert(
      fc.asyncProperty(contents, chunkBytes, emptyLines, decoder, async (data, size, empty, value) => {
        const path = await temporaryFile(data, 'lines.log');
        const source = linesOf(path, { value, chunkBytes: size, emptyLines: empty });
        const all = await readAll(source);
        expect(all.map((line) => line.value)).toEqual(plainSplit(data, empty));
        for (const [index, { position }] of all.entries()) {
          const rest = await valuesOf(source, { from: position });
          expect(rest).toEqual(all.slice(index + 1).map((line) => line.value));
        }
      }),
      { numRuns: 150 },
    );
  });

  test('compressed give the same lines and positions', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.integer({ min: 1, max: 200 }), emptyLines, async (data, size, empty) => {
        const long = Buffer.concat(Array.from({ length: 8 }, () => data));
        const path = await temporaryFile(gzipSync(long), 'lines.log.gz');
        const source = linesOf(path, { value: hex, chunkBytes: size, emptyLines: empty });
        const all = await readAll(source);
        expect(all.map((line) => line.value)).toEqual(plainSplit(long, empty));
        const middle = all[all.length >> 1];
        if (middle === undefined) return;
        const rest = await valuesOf(source, { from: middle.position });
        expect(rest).toEqual(all.slice((all.length >> 1) + 1).map((line) => line.value));
      }),
      { numRuns: 60 },
    );
  });

  test('lines over the limit stand out by their offset and their first bytes, and the others stay', async () => {
    await fc.assert(
      fc.asyncProperty(contents, chunkBytes, fc.integer({ min: 1, max: 12 }), async (data, size, maxLineBytes) => {
        const path = await temporaryFile(data, 'lines.log');
        const poison = { '~accepts': () => {} };
        const source = linesOf(path, { value: hex, chunkBytes: size, options: { poison, maxLineBytes } });
        const all = await readAll(source);
        const digits = maxLineBytes * 2;
        const expected = plainSplit(data, 'skip').map((line) =>
          line.length > digits ? `long ${line.slice(0, digits)}` : line,
        );
        expect(
          all.map((line) => line.value ?? `long ${Buffer.from(line.poison?.bytes ?? []).toString('hex')}`),
        ).toEqual(expected);
        for (const { poison } of all) {
          if (poison === undefined) continue;
          expect((poison.cause as SluiceError).code).toBe('SLUICE_FILE_LINE_TOO_LONG');
          expect(data.subarray(poison.offset, poison.offset + maxLineBytes)).toEqual(Buffer.from(poison.bytes));
        }
        for (const [index, { position }] of all.entries()) {
          if (all[index + 1]?.position === position) continue;
          const rest = await readAll(source, { from: position });
          expect(rest.map((line) => line.value)).toEqual(all.slice(index + 1).map((line) => line.value));
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('a line', () => {
  test('is the same whether the decoder takes text or bytes', async () => {
    const path = await temporaryFile('{"name":"Zürich"}\r\n\r\n{"name":"東京"}\n{"name":"😀"}');
    for (const value of [json<object>(), { decode: json<object>().decode }]) {
      expect(await readAll(linesOf(path, { value }))).toEqual([
        { value: { name: 'Zürich' }, position: 20 },
        { value: { name: '東京' }, position: 40 },
        { value: { name: '😀' }, position: 55 },
      ]);
    }
  });

  test('with bytes that are not UTF-8 is a bad one for a text decoder, and only that one', async () => {
    const path = await temporaryFile(Buffer.from('{"a":1}\n{"a":"\xff"}\n{"a":3}\n', 'latin1'));
    const poison = { '~accepts': () => {} };
    const all = await readAll(linesOf(path, { value: json<{ a: number }>(), options: { poison } }));
    expect(all.map(({ value, poison }) => value?.a ?? poison?.offset)).toEqual([1, 8, 3]);
  });

  test('as long as the limit is not too long, wherever its end is cut', async () => {
    const path = await temporaryFile('abcd\r\nabcd\nabcd');
    for (let chunkBytes = 1; chunkBytes < 20; chunkBytes++) {
      const source = linesOf(path, { value: text(), chunkBytes, options: { maxLineBytes: 4 } });
      expect(await valuesOf(source)).toEqual(['abcd', 'abcd', 'abcd']);
    }
  });

  test('of megabytes over many chunks is whole', async () => {
    const long = 'x'.repeat(3_000_000);
    const path = await temporaryFile(`a\n${long}\nb\n`);
    expect(await valuesOf(linesOf(path, { value: text(), chunkBytes: 1000 }))).toEqual(['a', long, 'b']);
  });

  test('of bytes() keeps its contents when the next chunks are read', async () => {
    const lines = Array.from({ length: 500 }, (_, n) => `line ${n}`);
    const path = await temporaryFile(lines.join('\n'));
    const all = await valuesOf(linesOf(path, { value: bytes(), chunkBytes: 100 }));
    expect(all.map((line) => Buffer.from(line ?? []).toString())).toEqual(lines);
  });

  test('is not there in an empty file, and a file of newlines has none either', async () => {
    expect(await readAll(linesOf(await temporaryFile(''), { value: text() }))).toEqual([]);
    expect(await readAll(linesOf(await temporaryFile('\n\r\n\n'), { value: text() }))).toEqual([]);
    expect(await readAll(linesOf(await temporaryFile('\ufeff'), { value: text() }))).toEqual([]);
  });
});

describe('a bad line', () => {
  const lines = '{"id":1}\n{"secret"\n{"id":2}\n\n{"id":3}\nalso secret\n';
  const value = json<{ id: number }>();

  test('fails the job once everything before it was delivered, and is not quoted', async () => {
    const path = await temporaryFile(lines);
    for (const chunkBytes of [1, 5, 1000]) {
      const delivered: unknown[] = [];
      const reading = async () => {
        for await (const { values } of batchesOf(linesOf(path, { value, chunkBytes })))
          delivered.push(...Array.from(values));
      };
      const error: SluiceError = await reading().catch((cause) => cause);
      expect(error).toMatchObject({ code: 'SLUICE_FILE_LINE', component: 'fileSource' });
      expect(error.message).toContain(`at byte 9 of ${path}`);
      expect(error.message).toContain('SLUICE_JSON');
      expect(JSON.stringify(error)).not.toContain('secret');
      expect(delivered).toEqual([{ id: 1 }]);
    }
  });

  test('is left out and counted', async () => {
    const path = await temporaryFile(lines);
    const metrics = new Counters();
    const source = linesOf(path, { value, options: { poison: 'skip' } });
    expect(await valuesOf(source, { context: contextWith({ metrics }) })).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(metrics.totals).toEqual(new Map([['sluice_file_lines_skipped_total', 2]]));
  });

  test('goes to the side output in its place, and is there again from a position before it', async () => {
    const path = await temporaryFile(lines);
    const poison = { '~accepts': () => {} };
    const source = linesOf(path, { value, options: { poison } });
    expect(source.sideOutputs).toEqual([poison]);
    const all = await readAll(source);
    expect(all.map(({ value, poison }) => value?.id ?? poison?.offset)).toEqual([1, 9, 2, 3, 38]);
    expect(all[1]?.poison).toMatchObject({ file: path, offset: 9, cause: { code: 'SLUICE_JSON' } });
    expect(Buffer.from(all[1]?.poison?.bytes ?? []).toString()).toBe('{"secret"');
    const again = await readAll(source, { from: all[0]?.position ?? 0 });
    expect(again.map(({ value, poison }) => value?.id ?? poison?.offset)).toEqual([9, 2, 3, 38]);
    expect(await readAll(source, { from: all.at(-1)?.position ?? 0 })).toEqual([]);
  });

  test('that is too long fails the job before its end is reached', async () => {
    const path = await temporaryFile(`ok\n${'x'.repeat(100_000)}`);
    const reading = readAll(linesOf(path, { value: text(), chunkBytes: 100, options: { maxLineBytes: 1000 } }));
    await expect(reading).rejects.toMatchObject({ code: 'SLUICE_FILE_LINE_TOO_LONG' });
  });
});

test('progress goes from nothing to all', async () => {
  const lines = 'a\n'.repeat(1000);
  for (const path of [await temporaryFile(lines), await temporaryFile(gzipSync(lines), 'a.gz')]) {
    const progress: (number | undefined)[] = [];
    for await (const batch of batchesOf(linesOf(path, { value: text(), chunkBytes: 500 })))
      progress.push(batch.progress);
    expect(progress).toEqual([...progress].sort());
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.at(-1)).toBe(1);
  }
});
