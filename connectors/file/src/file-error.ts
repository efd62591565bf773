import { SluiceError } from '@sluice/connector-sdk';

/** The error of a system call or of the decompressor on `path`, as one that says what to do; any other is given back as it is. */
export function fileError(component: string, path: string, cause: unknown): unknown {
  const code = codeOf(cause);
  if (code === undefined || SluiceError.isInstance(cause)) return cause;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new SluiceError({
        code: 'SLUICE_FILE_NOT_FOUND',
        component,
        expected: `a file at ${path}`,
        actual: 'there is none',
        remedy: 'correct `paths` (relative ones start at the working directory), or create the file first',
        cause,
      });
    case 'EACCES':
    case 'EPERM':
      return new SluiceError({
        code: 'SLUICE_FILE_PERMISSION',
        component,
        expected: `permission to read ${path}`,
        actual: code,
        remedy: 'give the user that runs the job read permission on the file and search permission on its folders',
        cause,
      });
    case 'EISDIR':
      return notAFile(component, path, 'a directory');
    default:
      return code.startsWith('Z_')
        ? damagedGzip(component, path, code, cause)
        : unreadable(component, path, code, cause);
  }
}

export function notAFile(component: string, path: string, kind: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_NOT_A_FILE',
    component,
    expected: `a regular file at ${path}`,
    actual: kind,
    remedy:
      kind === 'a directory'
        ? `name the files in it by a pattern, as in ${path.replace(/\/*$/, '')}/*.ndjson`
        : 'only a regular file can be read again from an offset; write the data to one',
  });
}

export function truncated(component: string, path: string, size: number, position: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_TRUNCATED',
    permanent: true,
    component,
    expected: `${path} with at least ${position} bytes, as many as were read of it before`,
    actual: `it has ${size}`,
    remedy: 'restore the file, or start the job from scratch if its contents are meant to be new',
  });
}

/** `copytruncate`, seen only after the file had grown beyond where it was. */
export function rewritten(component: string, path: string, position: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_TRUNCATED',
    permanent: true,
    component,
    expected: `the first ${position} bytes of ${path} to stay as they were read`,
    actual: 'others: it was emptied and written anew',
    remedy:
      'rotate by renaming and not by copytruncate, which loses lines; start from scratch if the contents are meant to be new',
  });
}

export function changed(component: string, path: string, position: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_CHANGED',
    component,
    expected: `a line of ${path} to end at byte ${position}, where reading stopped before`,
    actual: 'that byte is in the middle of a line, so the file is another one or was rewritten',
    remedy: 'restore the file, or start the job from scratch if its contents are meant to be new',
  });
}

export function replaced(component: string, path: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_REPLACED',
    component,
    expected: `the file that was read as ${path} to be in its folder, under this or another name`,
    actual,
    remedy:
      'bring it back (uncompressed), or keep rotated files until they have been read; start from scratch if its rest may be left out',
  });
}

export function zstdFile(component: string, path: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_ZSTD',
    component,
    expected: `${path} to be plain or gzip`,
    actual: 'zstd, which is written and not read',
    remedy: 'decompress it first (zstd -d), or write what is to be read again with gzip',
  });
}

function damagedGzip(component: string, path: string, code: string, cause: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_GZIP',
    component,
    expected: `${path} to be a whole gzip file`,
    actual: code === 'Z_BUF_ERROR' ? 'it ends too early' : `it is damaged or not gzip (${code})`,
    remedy: 'write the file again, or take `.gz` from the name of one that is not compressed',
    cause,
  });
}

function unreadable(component: string, path: string, code: string, cause: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_UNREADABLE',
    component,
    expected: `${path} to be readable`,
    actual: code,
    remedy:
      code === 'EMFILE' || code === 'ENFILE'
        ? 'raise the limit of open files (ulimit -n)'
        : 'check the file system; the cause has the details',
    cause,
  });
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
