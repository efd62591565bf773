import { defineSink, type PluginContext, type TransactionalSink } from '@sluice/connector-sdk';
import { checkDirectory } from './check-directory.js';
import { commitLedger } from './commit-ledger.js';
import { type PartCommittable, partCommittableCodec } from './part-committable.js';
import { partCommitter } from './part-committer.js';
import { type PartFiles, partFiles } from './part-files.js';
import { partName } from './part-name.js';
import { PartWriter } from './part-writer.js';
import { runFolder } from './run-folder.js';
import type { FileSinkOptions } from './sink-options.js';
import { fileSinkSettings } from './sink-settings.js';
import type { TakeOver } from './take-over.js';

/**
 * Part files, exactly once: a part becomes visible, by a rename, when it is finished and the checkpoint that says so is complete.
 *
 * Parts are written hidden in `directory/.sluice-parts` and stay open over checkpoints, each of which makes them durable and records their
 * length; they are finished by size, age, inactivity and the end of the input. After a crash a part is cut to the length in the checkpoint
 * and written on. A finished part never changes. Names are unique, and sorted they are in the order of writing.
 *
 * Two runs of one job cannot mix: the newer one empties and removes the folder out of which the older one would rename. A commit is
 * proved by the file itself, or by a ledger of names if readers have taken the file away.
 *
 * A job that is stopped without `drain` leaves its open parts hidden until it is started again.
 *
 * @see Apache Flink, FileSink
 * @throws SLUICE_FILE_OPTIONS, SLUICE_FILE_ZSTD at once. Before the job starts: SLUICE_FILE_DIRECTORY, SLUICE_FILE_WRITE_PERMISSION,
 * SLUICE_FILE_PART_LOST. To the `rejected` output: SLUICE_FILE_BUCKET, SLUICE_FILE_VALUE and what the format throws. While it runs:
 * SLUICE_FILE_FULL, SLUICE_FILE_WRITE, SLUICE_FILE_PART_EXISTS, SLUICE_FENCED fail the run.
 *
 * @example
 * const sink = fileSink<Click>({
 *   directory: 'clicks',
 *   format: ndjson(),
 *   compression: 'gzip',
 *   bucketOf: dateBuckets('yyyy-MM-dd'),
 *   roll: { maxBytes: 64 * 1024 * 1024, maxAge: '15m' },
 * });
 */
export function fileSink<T>(options: FileSinkOptions<T>): TransactionalSink<T, PartCommittable> {
  return partSink(options, partFiles);
}

/** What one run's committer leaves for its writer. */
interface Run {
  parts: number;
  open: readonly PartCommittable[];
}

/** @param files a parameter so that tests can let calls fail */
export function partSink<T>(options: FileSinkOptions<T>, files: PartFiles): TransactionalSink<T, PartCommittable> {
  const settings = fileSinkSettings('fileSink', options);
  const { component, directory, prefix } = settings;
  const runs = new Map<string, Run>();

  /** Writer and committer of one run have nothing else in common than its names. */
  function keyOf({ job, uid, incarnation, epoch, subtask }: PluginContext): string {
    return JSON.stringify([job, uid, incarnation, epoch, subtask]);
  }

  function runOf(context: PluginContext): Run {
    const key = keyOf(context);
    const run = runs.get(key) ?? { parts: 0, open: [] };
    runs.set(key, run);
    return run;
  }

  function ownOf(context: PluginContext): TakeOver {
    const { incarnation, epoch, subtask } = context;
    const run = runOf(context);
    return {
      component,
      files,
      folder: runFolder(directory, context),
      incarnation,
      epoch,
      subtask,
      newName: (extension) => partName(prefix, context, run.parts++, extension),
    };
  }

  return defineSink<T, PartCommittable>({
    name: 'file',
    guarantee: 'transactional',
    committableCodec: partCommittableCodec,
    check: (context) => checkDirectory(component, files, runFolder(directory, context)),
    async open(context) {
      const run = runOf(context);
      const restored = run.open;
      run.open = [];
      return new PartWriter(settings, ownOf(context), context, restored);
    },
    async openCommitter(context) {
      const own = ownOf(context);
      return partCommitter(own, commitLedger(files, own.folder), {
        restored: (open) => {
          runOf(context).open = open;
        },
        closed: () => void runs.delete(keyOf(context)),
      });
    },
  });
}
