import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { servicesFolder } from '@sluice/services';

const listOf = (run: number): string => join(servicesFolder(), `skipped-${run}`);

/** Says it now, and again when the run of tests ends. */
export function noteSkipped(run: number, line: string): void {
  process.stderr.write(`${line}\n`);
  mkdirSync(servicesFolder(), { recursive: true });
  appendFileSync(listOf(run), `${line}\n`);
}

export function printSkipped(run: number): void {
  if (!existsSync(listOf(run))) return;
  const lines = readFileSync(listOf(run), 'utf8').trimEnd().split('\n').sort();
  rmSync(listOf(run));
  process.stderr.write(`\nSuites that were SKIPPED because a service is missing:\n${lines.join('\n')}\n`);
}
