import { chmod, mkdir, readdir, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from '@sluice/connector-sdk';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../testing/reading.js';
import { hiddenParts, manualClock, SinkRun, visibleParts } from '../testing/sinking.js';
import { tapped } from '../testing/tapped.js';
import { fileSink, partSink } from './file-sink.js';
import { partFiles } from './part-files.js';
import { type PartFormat, textLines } from './part-format.js';
import type { FileSinkOptions } from './sink-options.js';

const format: PartFormat<string> = textLines(text());

async function folderWith(options: Partial<FileSinkOptions<string>> = {}) {
  const directory = await temporaryFolder();
  const sink = fileSink<string>({ directory, format, ...options });
  const contents = async () => [...(await visibleParts(directory)).values()];
  return { directory, sink, contents };
}

describe('a part file', () => {
  test('is hidden until it is finished and its checkpoint is complete', async () => {
    const { directory, sink, contents } = await folderWith({ roll: { maxBytes: 4 } });
    const run = await new SinkRun(sink).start();
    await run.write('a', 'b', 'c');
    expect(await contents()).toEqual([]);
    const prepared = await run.prepare(false);
    expect(prepared.map(({ kind }) => kind)).toEqual(['finished', 'open']);
    expect(await contents()).toEqual([]);
    expect(await run.commit(prepared)).toEqual(['committed', 'committed']);
    expect(await contents()).toEqual(['a\nb\n']);
    await run.checkpoint(true);
    expect(await contents()).toEqual(['a\nb\n', 'c\n']);
    expect(await hiddenParts(directory)).toEqual([]);
    await run.close();
  });

  test('stays open over checkpoints, and is cut to the length in the checkpoint and written on after a crash', async () => {
    const { directory, sink, contents } = await folderWith();
    const first = await new SinkRun(sink).start();
    await first.write('a');
    await first.checkpoint();
    await first.write('b');
    const kept = await first.checkpoint();
    expect(kept).toMatchObject([{ kind: 'open', bytes: 4 }]);
    await first.write('lost');
    await first.prepare(false);
    const second = await new SinkRun(sink, { epoch: 2 }).start(kept);
    await second.write('c');
    expect(await hiddenParts(directory)).toHaveLength(1);
    await second.checkpoint(true);
    expect(await contents()).toEqual(['a\nb\nc\n']);
    await first.close();
    await second.close();
  });

  test('is finished by age and by inactivity, also without elements', async () => {
    for (const [roll, waits] of [
      [{ maxAge: '10s', inactivity: '1h' }, [6_000, 6_000]],
      [{ maxAge: '1h', inactivity: '10s' }, [11_000]],
    ] as const) {
      const { sink, contents } = await folderWith({ roll });
      const clock = manualClock();
      const run = await new SinkRun(sink, { clock }).start();
      await run.write('a');
      await run.checkpoint();
      for (const wait of waits) {
        expect(await contents()).toEqual([]);
        clock.advance(wait);
        await run.checkpoint();
      }
      expect(await contents()).toEqual(['a\n']);
      await run.close();
    }
  });

  test('is finished by every checkpoint where asked for, or where the engine does not tell the end of the input', async () => {
    for (const everyCheckpoint of [true, false]) {
      const { sink, contents } = await folderWith({ roll: { everyCheckpoint } });
      const run = await new SinkRun(sink).start();
      for (const value of ['a', 'b']) {
        await run.write(value);
        await run.commit(await run.prepare(everyCheckpoint ? false : undefined));
      }
      expect(await contents()).toEqual(['a\n', 'b\n']);
      await run.close();
    }
  });

  test('takes elements that come while the one before is being prepared, behind the barrier', async () => {
    const { sink, contents } = await folderWith();
    const run = await new SinkRun(sink).start();
    await run.write('a');
    const preparing = run.prepare(false);
    await run.write('b');
    const [part] = await preparing;
    expect(part?.bytes).toBe(2);
    await run.checkpoint(true);
    expect(await contents()).toEqual(['a\nb\n']);
    await run.close();
  });

  test('larger than all buffers is written whole, and a full writer says so', async () => {
    const { sink, contents } = await folderWith();
    const run = await new SinkRun(sink).start();
    const line = 'x'.repeat(300_000);
    for (let i = 0; i < 60; i++) await run.write(line);
    await run.checkpoint(true);
    expect((await contents()).join('')).toBe(`${line}\n`.repeat(60));
    await run.close();
  });

  test('of gzip is a valid file wherever a checkpoint cuts it', async () => {
    const { directory, sink, contents } = await folderWith({ compression: 'gzip' });
    const first = await new SinkRun(sink).start();
    await first.write('a');
    const kept = await first.checkpoint();
    await first.write('lost');
    await first.prepare(false);
    const second = await new SinkRun(sink, { epoch: 2 }).start(kept);
    await second.write('b');
    await second.checkpoint(true);
    expect(await contents()).toEqual(['a\nb\n']);
    expect((await readdir(directory)).filter((name) => !name.startsWith('.'))).toEqual([
      expect.stringMatching(/^part-[0-9a-f]{8}-000001-0-000000\.txt\.gz$/),
    ]);
    await first.close();
    await second.close();
  });

  test('that another format or compression has begun is finished as it is', async () => {
    const { directory, sink } = await folderWith();
    const first = await new SinkRun(sink).start();
    await first.write('a');
    const kept = await first.checkpoint();
    await first.close();
    const changed = fileSink<string>({ directory, format, compression: 'gzip' });
    const second = await new SinkRun(changed, { epoch: 2 }).start(kept);
    await second.write('b');
    await second.checkpoint(true);
    expect([...(await visibleParts(directory)).values()]).toEqual(['a\n', 'b\n']);
    await second.close();
  });
});

describe('buckets', () => {
  const bucketOf = (value: string) => value.slice(0, value.lastIndexOf('/') + 1).replace(/\/$/, '');

  test('have folders of their own, and with one open bucket a part ends with its bucket', async () => {
    const { directory, sink } = await folderWith({ bucketOf, maxOpenBuckets: 1 });
    const run = await new SinkRun(sink).start();
    await run.write('x/y/1', 'z/2', 'x/y/3', '4');
    await run.checkpoint();
    const parts = [...(await visibleParts(directory))].map(([path, content]) => [path.replace(/part-.*/, ''), content]);
    expect(parts).toEqual([
      ['x/y/', 'x/y/1\n'],
      ['x/y/', 'x/y/3\n'],
      ['z/', 'z/2\n'],
    ]);
    await run.close();
  });

  test.each(['../out', '/etc', 'a//b', 'a/../..', '.hidden', 'a\\b', 'a\0b', 'c:x', 'x'.repeat(201), 7 as never])(
    'named %j are refused: the value is rejected and nothing leaves the directory',
    async (name) => {
      const { sink, contents } = await folderWith({ bucketOf: () => name });
      const run = await new SinkRun(sink).start();
      await run.write('a');
      await run.checkpoint(true);
      expect(run.rejected).toMatchObject([{ value: 'a', cause: { code: 'SLUICE_FILE_BUCKET' } }]);
      expect(await contents()).toEqual([]);
      await run.close();
    },
  );

  test('do not go through a link', async () => {
    const elsewhere = await temporaryFolder();
    const { directory, sink } = await folderWith({ bucketOf: () => 'b' });
    await symlink(elsewhere, join(directory, 'b'));
    const run = await new SinkRun(sink).start();
    await run.write('a');
    await expect(run.checkpoint(true)).rejects.toMatchObject({ code: 'SLUICE_FILE_PART_EXISTS', actual: 'a link' });
    expect(await readdir(elsewhere)).toEqual([]);
    await run.close();
  });
});

describe('a commit', () => {
  test('repeated is proved by the file, or by the ledger when a reader has taken it away', async () => {
    const { directory, sink, contents } = await folderWith();
    const run = await new SinkRun(sink).start();
    await run.write('a');
    const prepared = await run.checkpoint(true);
    expect(await run.commit(prepared)).toEqual(['alreadyCommitted']);
    await run.close();
    const [name = ''] = (await visibleParts(directory)).keys();
    await unlink(join(directory, name));
    const second = await new SinkRun(sink, { epoch: 2 }).start(prepared);
    expect(await second.commit(prepared)).toEqual(['alreadyCommitted']);
    expect(await contents()).toEqual([]);
    await second.close();
  });

  test('without the part or a proof fails loudly', async () => {
    const { directory, sink } = await folderWith();
    const run = await new SinkRun(sink).start();
    await run.write('a');
    const prepared = await run.prepare(true);
    await run.close();
    await rm(join(directory, '.sluice-parts'), { recursive: true });
    await expect(new SinkRun(sink, { epoch: 2 }).start(prepared)).rejects.toMatchObject({
      code: 'SLUICE_FILE_PART_LOST',
    });
  });

  test('never replaces the file of a stranger', async () => {
    const { directory, sink } = await folderWith();
    const run = await new SinkRun(sink).start();
    await run.write('a');
    const prepared = await run.prepare(true);
    const path = join(directory, prepared[0]?.name ?? '');
    await writeFile(path, 'mine');
    await expect(run.commit(prepared)).rejects.toMatchObject({ code: 'SLUICE_FILE_PART_EXISTS' });
    expect(await readFile(path, 'utf8')).toBe('mine');
    await run.close();
  });

  test('that the disk refuses for now is tried again later', async () => {
    const directory = await temporaryFolder();
    let full = true;
    const files = tapped(partFiles, (call) => {
      if (call === 'append' && full) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    });
    const run = await new SinkRun(partSink<string>({ directory, format }, files)).start();
    await run.write('a');
    const prepared = await run.prepare(true);
    expect(await run.commit(prepared)).toEqual(['retryLater']);
    full = false;
    expect(await run.commit(prepared)).toEqual(['committed']);
    await run.close();
  });
});

describe('a newer run', () => {
  test('fences the older one: what that writes and renames afterwards is never seen', async () => {
    const { directory, sink, contents } = await folderWith({ roll: { maxBytes: 4 } });
    const zombie = await new SinkRun(sink).start();
    await zombie.write('a');
    const kept = await zombie.checkpoint();
    await zombie.write('b', 'c', 'd');
    const late = await zombie.prepare(true);
    const heir = await new SinkRun(sink, { epoch: 2 }).start(kept);
    await expect(zombie.commit(late)).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
    await zombie.write('e', 'f', 'g');
    await expect(zombie.prepare(false)).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
    await heir.write('B');
    await heir.checkpoint(true);
    expect(await contents()).toEqual(['a\nB\n']);
    await zombie.close();
    await heir.close();
    expect(await hiddenParts(directory)).toEqual([]);
  });

  test('is seen by an older one that starts later', async () => {
    const { sink } = await folderWith();
    const heir = await new SinkRun(sink, { epoch: 2 }).start();
    await expect(new SinkRun(sink, { epoch: 1 }).start()).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
    await heir.close();
  });

  test('an older one that still writes into its open file does not write into ours', async () => {
    const { sink, contents } = await folderWith();
    const zombie = await new SinkRun(sink).start();
    await zombie.write('a');
    const kept = await zombie.checkpoint();
    const heir = await new SinkRun(sink, { epoch: 2 }).start(kept);
    await zombie.write('zombie');
    await zombie.prepare(false).catch(() => {});
    await heir.checkpoint(true);
    expect(await contents()).toEqual(['a\n']);
    await zombie.close();
    await heir.close();
  });

  test('touches no files of strangers: another job, another sink, another incarnation', async () => {
    const { directory, sink } = await folderWith();
    const others = [{ job: 'other' }, { uid: 'other' }, { incarnation: 'other' }];
    const runs = await Promise.all(others.map((parts) => new SinkRun(sink, parts).start()));
    for (const run of runs) {
      await run.write('theirs');
      await run.prepare(false);
    }
    await writeFile(join(directory, 'notes.txt'), 'mine');
    const before = await hiddenParts(directory);
    const run = await new SinkRun(sink, { epoch: 9 }).start();
    await run.write('ours');
    await run.checkpoint(true);
    expect(await hiddenParts(directory)).toEqual(before);
    for (const other of runs) await other.checkpoint(true);
    expect([...(await visibleParts(directory)).values()].sort()).toEqual([
      'mine',
      'ours\n',
      'theirs\n',
      'theirs\n',
      'theirs\n',
    ]);
    for (const other of [...runs, run]) await other.close();
  });

  test('from a savepoint on other storage copies open parts and lets the first job go on', async () => {
    const { sink, contents } = await folderWith();
    const first = await new SinkRun(sink).start();
    await first.write('a');
    const savepoint = await first.prepare(false);
    const fork = await new SinkRun(sink, { incarnation: 'fork' }).start(savepoint);
    await fork.write('fork');
    await fork.checkpoint(true);
    await first.write('first');
    await first.checkpoint(true);
    expect((await contents()).sort()).toEqual(['a\nfirst\n', 'a\nfork\n']);
    await first.close();
    await fork.close();
  });
});

describe('a directory', () => {
  test('that is missing, or is a file, is refused before the job starts', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    for (const name of ['missing', 'file']) {
      const sink = fileSink<string>({ directory: join(folder, name), format });
      await expect(new SinkRun(sink).start()).rejects.toMatchObject({ code: 'SLUICE_FILE_DIRECTORY' });
    }
  });

  test.skipIf(process.getuid?.() === 0)('that must not be written is refused before the job starts', async () => {
    const { directory, sink } = await folderWith();
    await chmod(directory, 0o500);
    await expect(new SinkRun(sink).start()).rejects.toMatchObject({ code: 'SLUICE_FILE_WRITE_PERMISSION' });
    await chmod(directory, 0o700);
  });

  test.each([
    ['ENOSPC', 'SLUICE_FILE_FULL'],
    ['EDQUOT', 'SLUICE_FILE_FULL'],
    ['EACCES', 'SLUICE_FILE_WRITE_PERMISSION'],
    ['EIO', 'SLUICE_FILE_WRITE'],
    ['EMFILE', 'SLUICE_FILE_WRITE'],
  ])('that answers %s fails the run with %s, and nothing is lost', async (errno, code) => {
    for (const call of ['create', 'write', 'sync', 'syncDirectory']) {
      const { directory, sink, contents } = await folderWith();
      let failing = false;
      const files = tapped(partFiles, (called) => {
        if (failing && called === call) throw Object.assign(new Error(errno), { code: errno });
      });
      const run = await new SinkRun(partSink<string>({ directory, format, roll: { maxBytes: 4 } }, files)).start();
      await run.write('a');
      const kept = await run.checkpoint();
      failing = true;
      await expect(
        (async () => {
          await run.write('b', 'c');
          await run.prepare(false);
        })(),
      ).rejects.toMatchObject({ code });
      await run.close();
      const second = await new SinkRun(sink, { epoch: 2 }).start(kept);
      await second.write('b', 'c');
      await second.checkpoint(true);
      expect((await contents()).join('')).toBe('a\nb\nc\n');
      await second.close();
    }
  });

  test('is left clean by a job without checkpoints', async () => {
    const { directory, sink, contents } = await folderWith();
    const run = await new SinkRun(sink, { durable: false }).start();
    await run.write('a');
    await run.checkpoint(true);
    await run.write('b');
    await run.prepare(false);
    await run.close();
    expect(await contents()).toEqual(['a\n']);
    await expect(stat(join(directory, '.sluice-parts'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

test('the sink is found where it was when the working directory changes', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'out'));
  const before = process.cwd();
  process.chdir(folder);
  const sink = fileSink<string>({ directory: 'out', format });
  process.chdir(before);
  const run = await new SinkRun(sink).start();
  await run.write('a');
  await run.checkpoint(true);
  expect([...(await visibleParts(join(folder, 'out'))).values()]).toEqual(['a\n']);
  await run.close();
});
