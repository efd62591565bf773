// Which line of the list of bad input is shown where: see mended-job.ts.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from '@sluice/core';
import { fileSink, fileSource, ndjson } from '@sluice/file';
import { afterEach, beforeEach, test } from 'vitest';
import { ALL, type BadInput, BEFORE, failsClearlyAndGoesOn, readingJob, upTo, writingJob } from './mended-job.js';

let folder = '';
let out = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-bad-input-'));
  out = join(folder, 'out');
  mkdirSync(out);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A part for each number, so that each one can be seen once it is committed. */
const sink = () => fileSink<number>({ directory: out, format: ndjson(), roll: { maxBytes: 1 } });
const read = async () =>
  readdirSync(out)
    .filter((name) => name.endsWith('.ndjson'))
    .flatMap((name) => readFileSync(join(out, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map(Number);

test('the folder of a sink is missing: SLUICE_FILE_DIRECTORY', () =>
  failsClearlyAndGoesOn(writingJob('missing folder', sink, read), {
    what: 'a missing folder',
    code: 'SLUICE_FILE_DIRECTORY',
    remedy: 'create it, mount it',
    harm: async () => renameSync(out, `${out}-away`),
    mend: async () => renameSync(`${out}-away`, out),
  }));

test('a file that is to be read on is missing: SLUICE_FILE_NOT_FOUND', async () => {
  const input = join(folder, 'in.ndjson');
  const write = (numbers: readonly number[]) =>
    writeFileSync(input, numbers.map((n) => `${n}\n`).join(''), { flag: 'a' });
  write(upTo(BEFORE));
  const source = (_harmed: boolean, tail: boolean) => fileSource<number>({ paths: input, value: json<number>(), tail });
  await failsClearlyAndGoesOn(readingJob('missing file', source, sink(), read), {
    what: 'a missing file',
    code: 'SLUICE_FILE_NOT_FOUND',
    remedy: 'create the file first',
    harm: async () => {
      write(upTo(ALL, BEFORE));
      renameSync(input, `${input}-away`);
    },
    mend: async () => renameSync(`${input}-away`, input),
  });
});

test('a full disk: SLUICE_FILE_FULL', async (context) => {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', out], { stdio: 'ignore' });
  } catch {
    context.skip('needs the right to mount a small disk');
  }
  const filler = join(out, 'filler');
  const bad: BadInput = {
    what: 'a full disk',
    code: 'SLUICE_FILE_FULL',
    remedy: 'make room',
    harm: async () => {
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(4_096), { flag: 'a' });
      } catch {
        // It is full.
      }
    },
    mend: async () => rmSync(filler),
  };
  try {
    await failsClearlyAndGoesOn(writingJob('full disk', sink, read), bad);
  } finally {
    execFileSync('umount', [out]);
  }
});
