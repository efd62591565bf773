import { resolve } from 'node:path';
import { type CheckpointStorage, SluiceError } from '@sluice/connector-sdk';
import { inputOutput } from './checkpoint-failure.js';
import { type DurableFileSystem, durableFiles } from './durable-file.js';
import { acquireFileLease } from './file-acquire.js';
import { COMPONENT, checkLayout, fileLayout } from './file-layout.js';
import { fileReader } from './file-reader.js';

/**
 * Checkpoints in a folder of a local file system, durable against a crash and a loss of power.
 *
 * Whoever acquires a job's checkpoints revokes every run before, in this process or another one, even one that is stopped and goes on
 * later. Everything is synced before it counts and carries a checksum that is verified before it is used. Network file systems that show
 * a folder's content late are not covered.
 *
 * @param directory The folder; made when it is missing. A relative one is resolved now. Each job has a folder of its own in it.
 * @throws SLUICE_OPTION for an empty directory.
 * Its leases and readers fail with SLUICE_FENCED, SLUICE_CHECKPOINT_DAMAGED, SLUICE_CHECKPOINT_VERSION, SLUICE_CHECKPOINT_NAME,
 * SLUICE_CHECKPOINT_SIZE, SLUICE_CHECKPOINT_IO and SLUICE_CHECKPOINT_IN_DOUBT.
 *
 * @example
 * createJob('revenue', flow, { checkpoints: { interval: '10s', storage: fileCheckpoints('./checkpoints') } });
 */
export function fileCheckpoints(directory: string): CheckpointStorage {
  return fileCheckpointsOn(durableFiles, directory);
}

export function fileCheckpointsOn(fs: DurableFileSystem, directory: string): CheckpointStorage {
  if (typeof directory !== 'string' || directory === '' || directory.includes('\0')) {
    throw new SluiceError({
      code: 'SLUICE_OPTION',
      component: COMPONENT,
      expected: 'the path of a folder',
      actual: JSON.stringify(directory) ?? typeof directory,
      remedy: "name one, such as fileCheckpoints('./checkpoints')",
    });
  }
  const base = resolve(directory);
  return {
    specVersion: 1,
    name: COMPONENT,
    async acquire(job, signal) {
      const layout = fileLayout(base, job);
      signal.throwIfAborted();
      try {
        return await acquireFileLease(fs, layout, signal);
      } catch (error) {
        if (SluiceError.isInstance(error) || signal.aborted) throw error;
        throw inputOutput(COMPONENT, `acquire ${layout.root}`, error);
      }
    },
    async inspect(job) {
      const layout = fileLayout(base, job);
      try {
        await checkLayout(fs, layout);
      } catch (error) {
        throw SluiceError.isInstance(error) ? error : inputOutput(COMPONENT, `read ${layout.root}`, error);
      }
      return fileReader(fs, layout);
    },
  };
}
