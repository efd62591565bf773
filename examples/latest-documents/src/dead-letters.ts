import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeadLetter } from './pipeline.js';

/** What stands in finished part files; hidden ones are not finished. */
export async function readDeadLetters(directory: string): Promise<DeadLetter[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.ndjson')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return texts.flatMap((text) => text.split('\n').filter((line) => line !== '')).map((line) => JSON.parse(line));
}
