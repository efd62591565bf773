import { SluiceError } from '@sluice/connector-sdk';
import { errnoOf } from './part-files.js';

const NOTHING_LOST = 'nothing is lost: the job goes on from its latest checkpoint';

/** The error of a system call on what the sink writes, as one that says what to do; any other is given back as it is. */
export function writeFailure(component: string, path: string, cause: unknown): unknown {
  const errno = errnoOf(cause);
  if (errno === undefined || SluiceError.isInstance(cause)) return cause;
  const about = { component, expected: `to write ${path}`, actual: errno, cause };
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new SluiceError({
        ...about,
        code: 'SLUICE_FILE_FULL',
        remedy: `make room (or raise the quota or the limit of the file size); ${NOTHING_LOST}`,
        transient: true,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new SluiceError({
        ...about,
        code: 'SLUICE_FILE_WRITE_PERMISSION',
        remedy: `give the user that runs the job the right to make and change files there; ${NOTHING_LOST}`,
      });
    case 'ENOENT':
    case 'ENOTDIR':
      return new SluiceError({
        ...about,
        code: 'SLUICE_FILE_DIRECTORY',
        actual: 'a folder on the way to it that is not there',
        remedy: 'bring back the directory with all that is in it: hidden files in it belong to the latest checkpoint',
      });
    case 'EXDEV':
      return new SluiceError({
        ...about,
        code: 'SLUICE_FILE_DIRECTORY',
        actual: 'a folder of another file system, into which nothing can be renamed',
        remedy: 'let the folders of all buckets be on the file system of `directory`',
      });
    default:
      return new SluiceError({
        ...about,
        code: 'SLUICE_FILE_WRITE',
        remedy:
          errno === 'EMFILE' || errno === 'ENFILE'
            ? 'raise the limit of open files (ulimit -n), or lower `maxOpenBuckets`'
            : `check the file system; ${NOTHING_LOST}`,
        transient: true,
      });
  }
}

export function superseded(component: string, epoch: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FENCED',
    component,
    expected: `run ${epoch} to be the newest of this job`,
    actual: 'a newer one that has taken over its files',
    remedy: 'stop this run; or stop the other one and start again',
  });
}

/** A part that a checkpoint counts on is gone. */
export function partLost(component: string, name: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_PART_LOST',
    component,
    expected: `the part file ${name} as the checkpoint has it`,
    actual,
    remedy:
      'give `directory` the same path as before, or bring back its hidden files; else start from an older checkpoint or savepoint',
  });
}

/** Something else has the name of a finished part. */
export function nameTaken(component: string, path: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_PART_EXISTS',
    component,
    expected: `no other file at ${path}, which is the name of a part file`,
    actual,
    remedy: 'move it away; the part is committed when the job is started again',
  });
}
