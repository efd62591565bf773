import { SluiceError } from '@sluice/connector-sdk';

/** Where reading goes on: a byte offset, of a tailed file together with which file it is, since its name may be another one's by then. */
export type FilePosition =
  | number
  | {
      readonly offset: number;
      /** Device and inode. */
      readonly file: string;
    };

export function offsetOf(position: FilePosition | undefined): number {
  if (position === undefined) return 0;
  return typeof position === 'number' ? position : position.offset;
}

export function fileOf(position: FilePosition | undefined): string | undefined {
  return typeof position === 'object' ? position.file : undefined;
}

/** Two splits that are one file would give each line twice. */
export function readTwice(component: string, path: string, other: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_TWICE',
    component,
    expected: `${path} to be a file of its own`,
    actual: `the file that is read as ${other} too`,
    remedy:
      'let the pattern in `paths` match the file that is written to, and not the names that rotation gives to older ones',
  });
}
