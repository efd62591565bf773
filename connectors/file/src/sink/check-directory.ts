import { join } from 'node:path';
import { SluiceError } from '@sluice/connector-sdk';
import type { PartFiles } from './part-files.js';
import { makeRunFolder, type RunFolder, unlinkIfThere } from './run-folder.js';
import { writeFailure } from './sink-error.js';

/** Tries what the sink will do: whether a folder can be written in, only the file system knows. */
export async function checkDirectory(component: string, files: PartFiles, folder: RunFolder): Promise<void> {
  const { directory, incarnation } = folder;
  try {
    // With the dot a link to a folder is one.
    const entry = await files.entry(`${directory}/.`);
    if (entry?.kind !== 'directory')
      throw noDirectory(component, directory, entry === undefined ? 'nothing' : 'a file');
    // Without the run's own folder: a check writes nothing that recovery would take for a run.
    await makeRunFolder(files, { ...folder, path: incarnation });
    const probe = join(incarnation, 'probe');
    await unlinkIfThere(files, probe);
    const handle = await files.create(probe);
    await handle.close();
    await files.unlink(probe);
  } catch (error) {
    throw writeFailure(component, directory, error);
  }
}

function noDirectory(component: string, directory: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_DIRECTORY',
    component,
    expected: `a folder at ${directory}`,
    actual,
    remedy: 'create it, mount it, or correct `directory` (a relative one starts at the working directory)',
  });
}
