import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import { appendFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { json, text } from '@sluice/connector-sdk';
import { describe, expect, test } from 'vitest';
import { csvFormat } from './csv-format.js';
import { fileSource } from './file-source.js';
import { filesSettings } from './files-settings.js';
import { lineFormat } from './line-format.js';
import { recordSource } from './record-source.js';
import { batchesOf, contextWith, readAll, temporaryFile, valuesOf } from './testing/reading.js';

const LINES = Array.from({ length: 200 }, (_, n) => `line ${n}`);
const CONTENTS = `${LINES.join('\n')}\n`;

function linesOf(path: string, chunkBytes = 100) {
  return recordSource(filesSettings('fileSource', { paths: path }), lineFormat(text(), 'skip'), chunkBytes);
}

describe('a file that is no longer what was read of it', () => {
  test('because it is shorter', async () => {
    for (const path of [await temporaryFile(CONTENTS), await temporaryFile(gzipSync(CONTENTS), 'a.gz')]) {
      await expect(readAll(linesOf(path), { from: 5000 })).rejects.toMatchObject({
        code: 'SLUICE_FILE_TRUNCATED',
        expected: `${path} with at least 5000 bytes, as many as were read of it before`,
        actual: `it has ${CONTENTS.length}`,
      });
    }
  });

  test('because no line ends where reading stopped', async () => {
    for (const path of [await temporaryFile(CONTENTS), await temporaryFile(gzipSync(CONTENTS), 'a.gz')]) {
      await expect(readAll(linesOf(path), { from: 3 })).rejects.toMatchObject({
        code: 'SLUICE_FILE_CHANGED',
        expected: `a line of ${path} to end at byte 3, where reading stopped before`,
      });
    }
  });

  test('because it gets shorter on the way', async () => {
    const path = await temporaryFile(CONTENTS);
    const reading = async () => {
      for await (const _ of batchesOf(linesOf(path))) await truncate(path, 10);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'SLUICE_FILE_TRUNCATED', actual: 'it has 10' });
  });

  test('and the end of the last line, which came later, is no change', async () => {
    for (const lineBreak of ['\n', '\r\n']) {
      for (const chunkBytes of [1, 100]) {
        const path = await temporaryFile('a\nb');
        const source = linesOf(path, chunkBytes);
        const before = await readAll(source);
        expect(before.map(({ value }) => value)).toEqual(['a', 'b']);
        const from = before.at(-1)?.position ?? 0;
        expect(await valuesOf(source, { from })).toEqual([]);
        await appendFile(path, `${lineBreak}c`);
        expect(await valuesOf(source, { from })).toEqual(['c']);
        await writeFile(path, 'a\nbb\nc');
        await expect(readAll(source, { from })).rejects.toMatchObject({ code: 'SLUICE_FILE_CHANGED' });
      }
    }
  });
});

describe('gzip', () => {
  test('is known by its first bytes, whatever the name', async () => {
    expect(await valuesOf(linesOf(await temporaryFile(gzipSync(CONTENTS), 'a.log')))).toEqual(LINES);
  });

  test('may have several members', async () => {
    const path = await temporaryFile(Buffer.concat([gzipSync('a\nb'), gzipSync('c\nd\n')]), 'a.gz');
    expect(await valuesOf(linesOf(path))).toEqual(['a', 'bc', 'd']);
  });

  test('that ends too early or is damaged is an error', async () => {
    const whole = gzipSync(CONTENTS);
    const cases = [
      [whole.subarray(0, -20), 'it ends too early'],
      [Buffer.alloc(0), 'it ends too early'],
      [Buffer.concat([whole.subarray(0, 50), Buffer.alloc(50, 7), whole.subarray(100)]), 'damaged or not gzip'],
      [Buffer.from('plain text\n'), 'damaged or not gzip'],
    ] as const;
    for (const [bytes, actual] of cases) {
      const error = await readAll(linesOf(await temporaryFile(bytes, 'a.gz'))).catch((cause) => cause);
      expect(error).toMatchObject({ code: 'SLUICE_FILE_GZIP' });
      expect(error.actual).toContain(actual);
    }
  });
});

describe.skipIf(!existsSync('/proc/self/fd'))('file descriptors', () => {
  /** How many descriptors of this process are of the file. */
  const opened = (path: string): number =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path;
      } catch {
        return false;
      }
    }).length;

  const files = async () => [
    { path: await temporaryFile(CONTENTS), format: lineFormat(text(), 'skip') },
    { path: await temporaryFile(gzipSync(CONTENTS.repeat(50)), 'a.gz'), format: lineFormat(text(), 'skip') },
    {
      path: await temporaryFile(CONTENTS, 'a.csv'),
      format: csvFormat((fields) => Object.keys(fields).join(), ',', undefined),
    },
  ];

  test('are closed at the end, at `return`, and at an error', async () => {
    for (const { path, format } of await files()) {
      const source = recordSource(filesSettings('fileSource', { paths: path }), format, 100);
      await readAll(source);
      expect(opened(path)).toBe(0);
      for await (const _ of batchesOf(source)) {
        expect(opened(path)).toBe(1);
        break;
      }
      expect(opened(path)).toBe(0);
      await expect(readAll(source, { from: 1_000_000 })).rejects.toThrow();
      expect(opened(path)).toBe(0);
    }
    const path = await temporaryFile('{}\n!\n');
    const bad = recordSource(filesSettings('fileSource', { paths: path }), lineFormat(json(), 'skip'));
    await expect(readAll(bad)).rejects.toThrow();
    expect(opened(path)).toBe(0);
  });

  test('are closed by `close`, even of a reading that was left alone', async () => {
    for (const { path, format } of await files()) {
      const source = recordSource(filesSettings('fileSource', { paths: path }), format, 100);
      const reader = await source.open(contextWith());
      const [split] = await source.discover(new AbortController().signal);
      if (split === undefined) throw new Error('no file');
      const batches = reader.read(split, undefined, new AbortController().signal)[Symbol.asyncIterator]();
      await batches.next();
      expect(opened(path)).toBe(1);
      await reader.close();
      expect(opened(path)).toBe(0);
      await batches.return?.();
      expect(opened(path)).toBe(0);
    }
  });

  test('are closed when the signal is aborted, and the reading ends with its reason', async () => {
    for (const { path, format } of await files()) {
      const stop = new AbortController();
      const reason = new Error('stopped');
      const source = recordSource(filesSettings('fileSource', { paths: path }), format, 100);
      const reading = async () => {
        for await (const _ of batchesOf(source, { signal: stop.signal })) stop.abort(reason);
      };
      await expect(reading()).rejects.toBe(reason);
      expect(opened(path)).toBe(0);
    }
  });
});

test('several files of one reader are read side by side', async () => {
  const paths = [await temporaryFile('a1\na2\n'), await temporaryFile('b1\nb2\n')];
  const source = recordSource(filesSettings('fileSource', { paths }), lineFormat(text(), 'skip'), 3);
  const { signal } = new AbortController();
  const reader = await source.open(contextWith());
  const splits = await source.discover(signal);
  const readings = splits.map((split) => reader.read(split, undefined, signal)[Symbol.asyncIterator]());
  const values: unknown[][] = [[], []];
  for (let turn = 0; turn < 3; turn++) {
    for (const [index, reading] of readings.entries()) {
      const { value, done } = await reading.next();
      if (!done) values[index]?.push(...Array.from(value.values));
    }
  }
  expect(values.sort()).toEqual([
    ['a1', 'a2'],
    ['b1', 'b2'],
  ]);
  await reader.close();
});

test('a file that is gone when it is to be read is a clear error', async () => {
  const path = await temporaryFile(CONTENTS);
  const source = linesOf(path);
  const { signal } = new AbortController();
  const [split] = await source.discover(signal);
  await unlink(path);
  const reader = await source.open(contextWith());
  if (split === undefined) throw new Error('no file');
  const first = reader.read(split, undefined, signal)[Symbol.asyncIterator]().next();
  await expect(first).rejects.toMatchObject({ code: 'SLUICE_FILE_NOT_FOUND' });
});

test('a zstd file is refused, not read as far as its first frame', async () => {
  const path = await temporaryFile(Buffer.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0, 0x0a));
  await expect(readAll(fileSource({ paths: path, value: text() }))).rejects.toMatchObject({ code: 'SLUICE_FILE_ZSTD' });
});
