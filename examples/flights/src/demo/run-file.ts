import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a later `--resume` has to know about a run. */
export interface RunFile {
  /** `undefined`: all. */
  readonly events?: number | undefined;
  readonly kills: number;
  readonly seed: number;
}

export async function writeRunFile(path: string, run: RunFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify(run)}\n`);
}

export async function readRunFile(path: string): Promise<RunFile> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error('There is no run to resume. Start one without --resume.');
  return JSON.parse(text) as RunFile;
}
