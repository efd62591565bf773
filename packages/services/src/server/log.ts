import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const logOf = (home: string): string => join(home, 'log');

/** What a server said last. */
export async function lastLines(home: string, count = 20): Promise<string> {
  const text = await readFile(logOf(home), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
