import { appendFile, copyFile, link, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { text } from '@sluice/connector-sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csvFormat } from './csv-format.js';
import { filesSettings } from './files-settings.js';
import { lineFormat } from './line-format.js';
import type { FilePosition } from './position.js';
import type { RecordFormat } from './record-format.js';
import { recordSource } from './record-source.js';
import { contextWith, deliveredBy, sleeplessClock, temporaryFolder } from './testing/reading.js';

const lines = lineFormat(text(), 'skip');
type Happening = () => Promise<unknown>;

/** A log in a folder of its own, and what can happen to it. */
async function logOf(content = '') {
  const folder = await temporaryFolder();
  const path = join(folder, 'app.log');
  await writeFile(path, content);
  let modified = 1_000;
  /** Files that are written within one tick of the file system's clock are to be told apart all the same. */
  const age = async (file: string): Promise<void> => utimes(file, modified, modified++);
  await age(path);
  const append =
    (more: string, file = path) =>
    async () => {
      await appendFile(file, more);
      await age(file);
    };
  let rotations = 0;
  const rotate =
    (fresh: string | undefined = '') =>
    async () => {
      for (let n = rotations++; n > 0; n--) await rename(`${path}.${n}`, `${path}.${n + 1}`);
      await rename(path, `${path}.1`);
      if (fresh !== undefined) await append(fresh)();
    };
  return { folder, path, append, rotate };
}

interface Tailed {
  readonly values: (string | undefined)[];
  /** Behind everything. */
  readonly position: FilePosition | undefined;
  readonly reported: string[];
}

async function tail(
  path: string,
  happenings: readonly Happening[],
  from?: FilePosition,
  { format = lines as RecordFormat<string>, quiet = 6, until = Number.POSITIVE_INFINITY } = {},
): Promise<Tailed> {
  const stop = new AbortController();
  const left = [...happenings, ...Array.from({ length: quiet }, () => async () => {})];
  const clock = sleeplessClock(async () => {
    const happening = left.shift();
    if (happening === undefined) stop.abort();
    else await happening();
  });
  const reported: string[] = [];
  const settings = filesSettings('fileSource', { paths: path, tail: true, rotateWait: '200ms' });
  const source = recordSource(settings, format, 16);
  const reader = await source.open(contextWith({ clock, report: (event) => void reported.push(event) }));
  const values: (string | undefined)[] = [];
  let position = from;
  try {
    for await (const batch of reader.read({ id: path, split: { path } }, from, stop.signal)) {
      position = batch.positionAfter(-1);
      for (const delivered of deliveredBy(batch)) {
        values.push(delivered.value);
        position = delivered.position;
        if (values.length >= until) return { values, position, reported };
      }
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    await reader.close();
  }
  return { values, position, reported };
}

describe('a log that is rotated by renaming', () => {
  test('is read to its end and then the new one from its start', async () => {
    const { path, append, rotate } = await logOf('a\n');
    const { values, reported } = await tail(path, [append('b\n'), rotate('c\n'), append('d\n')]);
    expect(values).toEqual(['a', 'b', 'c', 'd']);
    expect(reported).toEqual(['fileRotated']);
  });

  test('while nobody has made the new one yet waits for it', async () => {
    const { path, append, rotate } = await logOf('a\n');
    const nothing = async () => {};
    const { values } = await tail(path, [rotate(undefined), nothing, nothing, nothing, nothing, append('b\n')]);
    expect(values).toEqual(['a', 'b']);
  });

  test('gives what is still written to the old one after it, before the new one', async () => {
    const { path, append, rotate } = await logOf('a\n');
    const late = append('late\n', `${path}.1`);
    const { values } = await tail(path, [rotate('b\n'), late, append('later\n', `${path}.1`)]);
    expect(values).toEqual(['a', 'late', 'later', 'b']);
  });

  test('twice between two looks loses nothing of the one between', async () => {
    const { path, append, rotate } = await logOf('a\n');
    const twice = async () => {
      await append('b\n')();
      await rotate('c\n')();
      await rotate('d\n')();
      await rotate('e\n')();
    };
    expect((await tail(path, [twice], undefined, { quiet: 30 })).values).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('has an unfinished last line completed where it was begun, or ended by the rotation', async () => {
    const { path, append, rotate } = await logOf('a\nhal');
    expect((await tail(path, [rotate('b\n'), append('f\n', `${path}.1`)])).values).toEqual(['a', 'half', 'b']);
    const other = await logOf('a\nhal');
    expect((await tail(other.path, [other.rotate('b\n')])).values).toEqual(['a', 'hal', 'b']);
  });

  test('with a date in its name, before or behind the extension, is followed too', async () => {
    for (const name of ['app.log-20260131', 'app-2026-01-31.log', 'app.2026-01-31.log']) {
      const { folder, path, append } = await logOf('a\n');
      const happen = async () => {
        await append('b\n')();
        await rename(path, join(folder, name));
        await append('c\n')();
        await rename(path, join(folder, name.replace('31', '30').replace('01', '02')));
        await append('d\n')();
      };
      expect((await tail(path, [happen], undefined, { quiet: 20 })).values).toEqual(['a', 'b', 'c', 'd']);
    }
  });

  test('of CSV has a header row in each file', async () => {
    const { path, rotate } = await logOf('x,y\n1,2\n');
    const rows = csvFormat((fields) => JSON.stringify(fields), ',', undefined);
    expect((await tail(path, [rotate('y,x\n3,4\n')], undefined, { format: rows })).values).toEqual([
      '{"x":"1","y":"2"}',
      '{"y":"3","x":"4"}',
    ]);
  });

  test('is not confused by other files of the folder', async () => {
    const { folder, path, append, rotate } = await logOf('a\n');
    const others = async () => {
      for (const name of ['app.log.bak', 'app.logs', 'app.log.offset', 'other.log.1']) {
        await append('stranger\n', join(folder, name))();
      }
    };
    expect((await tail(path, [others, rotate('b\n'), others])).values).toEqual(['a', 'b']);
  });
});

describe('a restart', () => {
  test('goes on in the rotated file, at every line, however often it was rotated meanwhile', async () => {
    for (let until = 1; until <= 4; until++) {
      const { path, append, rotate } = await logOf('a\nb\nc\nd\n');
      const { values, position } = await tail(path, [], undefined, { until });
      await append('e\n')();
      await rotate('f\n')();
      await rotate('g\n')();
      const rest = await tail(path, [append('h\n')], position, { quiet: 20 });
      expect([...values, ...rest.values]).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
    }
  });

  test('in the middle of a rotation, when the log has no file, waits for it', async () => {
    const { path, append, rotate } = await logOf('a\nb\n');
    const { position } = await tail(path, [], undefined, { until: 1 });
    await rotate(undefined)();
    const source = recordSource(filesSettings('fileSource', { paths: path, tail: true }), lines);
    expect(await source.discover(new AbortController().signal)).toHaveLength(1);
    const nothing = async () => {};
    expect((await tail(path, [nothing, nothing, append('c\n')], position)).values).toEqual(['b', 'c']);
    expect((await tail(path, [], undefined)).values).toEqual(['c']);
  });

  test('in the new file does not read the old one again', async () => {
    const { path, rotate } = await logOf('a\n');
    const { position } = await tail(path, [rotate('')]);
    expect((await tail(path, [], position)).values).toEqual([]);
    await unlink(`${path}.1`);
    expect((await tail(path, [], position)).values).toEqual([]);
  });

  test('when the file was deleted before its end was reached fails', async () => {
    const { path, rotate } = await logOf('a\nb\n');
    const { position } = await tail(path, [], undefined, { until: 1 });
    await rotate('c\n')();
    await unlink(`${path}.1`);
    await expect(tail(path, [], position)).rejects.toMatchObject({ code: 'SLUICE_FILE_REPLACED' });
  });

  test('when one between was compressed before it was read fails', async () => {
    const { path, append, rotate } = await logOf('a\n');
    const { position } = await tail(path, []);
    await rotate('b\n')();
    await rotate('c\n')();
    await append('', `${path}.1.gz`)();
    await unlink(`${path}.1`);
    await expect(tail(path, [], position)).rejects.toMatchObject({ code: 'SLUICE_FILE_REPLACED' });
  });

  test('when the file that was read to its end has been compressed meanwhile goes on, if it was still open', async () => {
    const { path, append, rotate } = await logOf('a\n');
    const compress = async () => {
      await writeFile(`${path}.1.gz`, gzipSync(await readFile(`${path}.1`)));
      await append('', `${path}.1.gz`)();
      await unlink(`${path}.1`);
    };
    expect((await tail(path, [rotate('b\n'), compress])).values).toEqual(['a', 'b']);
  });

  test('after a truncation below the position fails', async () => {
    const { path } = await logOf('a\nb\n');
    const { position } = await tail(path, []);
    await writeFile(path, 'x\n');
    await expect(tail(path, [], position)).rejects.toMatchObject({ code: 'SLUICE_FILE_TRUNCATED' });
  });

  test('takes a position without a file, as a reading that did not follow left it', async () => {
    const { path } = await logOf('a\nb\n');
    expect((await tail(path, [], 2)).values).toEqual(['b']);
  });

  test('that does not follow any more refuses the position of another file', async () => {
    const { path } = await logOf('a\nb\n');
    const { position } = await tail(path, [], undefined, { until: 1 });
    const bounded = recordSource(filesSettings('fileSource', { paths: path }), lines);
    const read = async () => {
      const values: unknown[] = [];
      const reader = await bounded.open(contextWith());
      for await (const batch of reader.read({ id: path, split: { path } }, position, new AbortController().signal)) {
        values.push(...Array.from(batch.values));
      }
      return values;
    };
    expect(await read()).toEqual(['b']);
    await copyFile(path, `${path}.copy`);
    await rename(`${path}.copy`, path);
    await expect(read()).rejects.toMatchObject({ code: 'SLUICE_FILE_REPLACED' });
  });
});

test('a file that two splits would read is refused', async () => {
  const { path } = await logOf('a\n');
  await link(path, `${path}.1`);
  expect((await stat(path)).nlink).toBe(2);
  const source = recordSource(filesSettings('fileSource', { paths: `${path}*`, tail: true }), lines);
  const reader = await source.open(contextWith());
  const first = async (file: string) =>
    reader
      .read({ id: file, split: { path: file } }, undefined, new AbortController().signal)
      [Symbol.asyncIterator]()
      .next();
  await first(path);
  await expect(first(`${path}.1`)).rejects.toMatchObject({ code: 'SLUICE_FILE_TWICE' });
  await reader.close();
});

test('written, rotated and restarted anyhow, a log gives each line once, in order', async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('line', 'lines', 'half') },
    { weight: 2, arbitrary: fc.constantFrom('rotate', 'look', 'restart') },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const { path, append, rotate } = await logOf();
      const written: string[] = [];
      let half = '';
      const write = (count: number) => async () => {
        let more = '';
        for (let i = 0; i < count; i++) {
          const line = `${written.length}`;
          written.push(half + line);
          more += `${line}\n`;
          half = '';
        }
        await append(more)();
      };
      const happenings: Happening[][] = [[]];
      for (const what of steps) {
        const now = happenings.at(-1) as Happening[];
        if (what === 'line') now.push(write(1));
        else if (what === 'lines') now.push(write(3));
        else if (what === 'half')
          now.push(async () => {
            half += 'h';
            await append('h')();
          });
        // A writer ends its line before it lets its log be rotated.
        else if (what === 'rotate')
          now.push(async () => {
            await write(1)();
            await rotate('')();
          });
        else if (what === 'look') now.push(async () => {});
        else happenings.push([]);
      }
      const values: (string | undefined)[] = [];
      let position: FilePosition | undefined;
      for (const part of happenings) {
        const read = await tail(path, part, position, { quiet: 1 });
        values.push(...read.values);
        position = read.position;
      }
      values.push(...(await tail(path, [], position, { quiet: 120 })).values);
      expect(values).toEqual(written);
    }),
    { numRuns: 60 },
  );
});
