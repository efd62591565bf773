import { SluiceError } from '@sluice/connector-sdk';

const LONGEST_NAME = 200;
const LONGEST_PATH = 1000;
// Control characters, the separators of other systems, and what Windows keeps for streams and drives.
const FORBIDDEN = /[\p{Cc}\\:]/u;

/**
 * The folders that a bucket's name stands for, none for the empty name: part files are then in the directory itself. A name is data, so
 * whatever could lead out of the directory, or to where readers do not look, is refused.
 *
 * @throws SLUICE_FILE_BUCKET
 */
export function bucketFolders(component: string, bucket: unknown): readonly string[] {
  if (bucket === '') return [];
  if (typeof bucket !== 'string') throw refused(component, `a ${typeof bucket}`);
  if (Buffer.byteLength(bucket) > LONGEST_PATH) throw refused(component, `one of more than ${LONGEST_PATH} bytes`);
  if (FORBIDDEN.test(bucket)) throw refused(component, 'one with a control character, a backslash or a colon');
  const folders = bucket.split('/');
  for (const folder of folders) {
    if (folder === '') throw refused(component, 'one with an empty folder name');
    // Hidden names, `.` and `..` among them.
    if (folder.startsWith('.')) throw refused(component, 'one with a folder that begins with a dot');
    if (Buffer.byteLength(folder) > LONGEST_NAME)
      throw refused(component, `a folder of more than ${LONGEST_NAME} bytes`);
  }
  return folders;
}

function refused(component: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_BUCKET',
    component,
    expected: '`bucketOf` to give a relative path of plain folder names, as 2026-01-31/10',
    actual,
    remedy: 'make the name of something that is known, or replace what a folder name cannot have in it',
  });
}
