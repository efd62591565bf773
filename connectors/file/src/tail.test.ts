import { appendFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { text } from '@sluice/connector-sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvFormat } from './csv-format.js';
import type { FilesOptions } from './files-options.js';
import { filesSettings } from './files-settings.js';
import { lineFormat } from './line-format.js';
import type { FilePosition } from './position.js';
import type { RecordFormat } from './record-format.js';
import { recordSource } from './record-source.js';
import { contextWith, deliveredBy, sleeplessClock, temporaryFile, temporaryFolder } from './testing/reading.js';

const lines = lineFormat(text(), 'skip');

function tailOf<T>(path: string, format: RecordFormat<T>, options: Omit<FilesOptions, 'paths'> = {}, chunkBytes = 100) {
  return recordSource(filesSettings('fileSource', { paths: path, tail: true, ...options }), format, chunkBytes);
}

/**
 * Tails a file while something happens to it at each wait, and stops when nothing more does. Gives what was delivered before each wait.
 */
async function tailed<T>(
  path: string,
  format: RecordFormat<T>,
  happenings: readonly (() => Promise<void>)[],
  from?: FilePosition,
  chunkBytes?: number,
): Promise<(T | undefined)[][]> {
  const stop = new AbortController();
  const stopped = new Error('stopped');
  const steps: (T | undefined)[][] = [[]];
  const clock = sleeplessClock(async () => {
    const happening = happenings[steps.length - 1];
    steps.push([]);
    if (happening === undefined) stop.abort(stopped);
    else await happening();
  });
  const source = tailOf(path, format, { rotateWait: 100 }, chunkBytes);
  const reader = await source.open(contextWith({ clock }));
  try {
    for await (const batch of reader.read({ id: path, split: { path } }, from, stop.signal)) {
      expect(batch.progress).toBeUndefined();
      steps.at(-1)?.push(...deliveredBy(batch).map(({ value }) => value));
    }
  } catch (error) {
    if (error !== stopped) throw error;
  } finally {
    await reader.close();
  }
  steps.pop();
  return steps;
}

describe('a tailed file', () => {
  test('gives a line when its newline has come', async () => {
    const path = await temporaryFile('\ufeffa\nb');
    const append = (more: string) => () => appendFile(path, more);
    const steps = await tailed(path, lines, [
      append('c'),
      append('\n'),
      async () => {},
      append('\nd\r\ne\n'),
      append('f'),
    ]);
    expect(steps).toEqual([['a'], [], ['bc'], [], ['d', 'e'], []]);
  });

  test('that is empty at first is waited for', async () => {
    const path = await temporaryFile('');
    const append = (more: Uint8Array | string) => () => appendFile(path, more);
    const steps = await tailed(path, lines, [append(Buffer.of(0xef, 0xbb)), append(Buffer.of(0xbf)), append('a\n')]);
    expect(steps).toEqual([[], [], [], ['a']]);
  });

  test('goes on from a position', async () => {
    const path = await temporaryFile('a\nb\n');
    expect(await tailed(path, lines, [() => appendFile(path, 'c\n')], 2)).toEqual([['b'], ['c']]);
    expect(await tailed(path, lines, [() => appendFile(path, 'd\n')], 6)).toEqual([[], ['d']]);
  });

  test('of CSV waits for its header row, and for the end of a quoted field', async () => {
    const path = await temporaryFile('a,');
    const append = (more: string) => () => appendFile(path, more);
    const rows = csvFormat((fields) => Object.values(fields), ',', undefined);
    const steps = await tailed(path, rows, [append('b\n'), append('1,"2\n'), append('3"\n4,5')]);
    expect(steps).toEqual([[], [], [], [['1', '2\n3']]]);
  });

  test('that grows anyhow gives each line once, in order', async () => {
    const piece = fc
      .array(fc.constantFrom('a', 'ü', '漢', '\n', '\r\n'), { maxLength: 8 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 8 }),
        fc.integer({ min: 1, max: 20 }),
        async (pieces, chunkBytes) => {
          const path = await temporaryFile('');
          const happenings = pieces.map((more) => () => appendFile(path, more));
          const whole = pieces.join('').split('\n').slice(0, -1);
          const expected = whole.map((line) => line.replace(/\r$/, '')).filter((line) => line !== '');
          expect((await tailed(path, lines, happenings, undefined, chunkBytes)).flat()).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('is looked at as often as `poll` says and not more', async () => {
    const path = await temporaryFile('a\n');
    const stop = new AbortController();
    const waits: unknown[] = [];
    const clock = { ...sleeplessClock(), sleep: async (duration: unknown) => void waits.push(duration) };
    const source = tailOf(path, lines, { poll: '2s' });
    const reader = await source.open(contextWith({ clock }));
    const reading = reader.read({ id: path, split: { path } }, undefined, stop.signal)[Symbol.asyncIterator]();
    await reading.next();
    await reading.next();
    expect(waits).toEqual([]);
    clock.sleep = async (duration) => {
      waits.push(duration);
      if (waits.length === 3) await appendFile(path, 'b\n');
    };
    await reading.next();
    expect(waits).toEqual([2000, 2000, 2000]);
    await reader.close();
  });

  test('and new files of a pattern are found later', async () => {
    const folder = await temporaryFolder();
    const source = tailOf(`${folder}/*.log`, lines);
    const { signal } = new AbortController();
    expect(await source.discover(signal)).toEqual([]);
    await writeFile(join(folder, 'a.log'), '');
    expect((await source.discover(signal)).map(({ id }) => id)).toEqual([join(folder, 'a.log')]);
  });
});

describe('tailing ends with an error when the file', () => {
  test('gets shorter', async () => {
    const path = await temporaryFile('a\nb\n');
    await expect(tailed(path, lines, [() => truncate(path, 1)])).rejects.toMatchObject({
      code: 'SLUICE_FILE_TRUNCATED',
      actual: 'it has 1',
    });
  });

  test('is emptied and has grown beyond where it was before anybody looks', async () => {
    const path = await temporaryFile('a\nb\n');
    await expect(tailed(path, lines, [() => writeFile(path, 'c\nd\ne\n')])).rejects.toMatchObject({
      code: 'SLUICE_FILE_TRUNCATED',
      actual: 'others: it was emptied and written anew',
    });
  });

  test('is compressed, whatever its name', async () => {
    const path = await temporaryFile(gzipSync('a\n'));
    await expect(tailed(path, lines, [])).rejects.toMatchObject({ code: 'SLUICE_FILE_TAIL_GZIP' });
  });
});
