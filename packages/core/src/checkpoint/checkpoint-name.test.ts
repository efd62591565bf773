import { describe, expect, it } from 'vitest';
import {
  blobName,
  checkBlobName,
  checkpointName,
  checkpointOfName,
  epochOfBlob,
  jobFolder,
} from './checkpoint-name.js';

const nameError = expect.objectContaining({ code: 'SLUICE_CHECKPOINT_NAME' });

describe('names', () => {
  it('of blobs carry the epoch', () => {
    expect(blobName(12, 3, 's0')).toBe('e12-c3-s0');
    expect(epochOfBlob('e12-c3-s0')).toBe(12);
    expect(epochOfBlob('s0')).toBeUndefined();
    expect(epochOfBlob('e0-s0')).toBeUndefined();
    expect(() => checkBlobName('test', blobName(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, 's0'))).not.toThrow();
  });

  it('of manifests are known from those of blobs', () => {
    expect(checkpointOfName(checkpointName(42))).toBe(42);
    expect(checkpointOfName('checkpoint-042')).toBeUndefined();
    expect(checkpointOfName('checkpoint-')).toBeUndefined();
    expect(() => checkBlobName('test', 'checkpoint-42')).toThrow(nameError);
  });
});

describe('the folder of a job', () => {
  it('is its name where that is safe', () => {
    for (const job of ['revenue', 'a', 'daily-2', 'x'.repeat(64)]) expect(jobFolder(job)).toBe(job);
  });

  it('is safe, and never the same for two jobs', () => {
    const jobs = [
      '',
      '.',
      '..',
      '../x',
      'a/b',
      'A',
      'a b',
      'ä',
      'con',
      'lpt1',
      '\0',
      '\ud800',
      '\ud801',
      'x'.repeat(65),
      '__proto__',
    ];
    jobs.push(...jobs.map(jobFolder));
    const folders = jobs.map(jobFolder);
    expect(new Set(folders).size).toBe(jobs.length);
    for (const folder of folders) expect(folder).toMatch(/^[a-z0-9-]{1,64}$/);
  });

  it('does not change from version to version', () => {
    expect(jobFolder('Daily revenue')).toBe('daily-revenue--153f693358ab627f57cbc46535a1d79e');
  });
});
