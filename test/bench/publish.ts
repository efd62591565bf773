import { readFile, writeFile } from 'node:fs/promises';
import { BARS, type BarName } from './bars.js';
import { profileTime } from './profile.js';
import { QUOTING, quoted } from './quote.js';
import type { BenchEntry } from './report-json.js';

/** Bars whose figures say where the time of an element goes: the usual one, and the one whose loop is furthest ahead. */
const WITH_STEPS: readonly BarName[] = ['q17-loop', 'q4-loop'];

/** What is committed: bench.json. */
export async function keep(entries: readonly BenchEntry[]): Promise<void> {
  await writeFile(atRoot('bench.json'), `${JSON.stringify(entries, undefined, 1)}\n`);
}

/** bench.json, and the documents that quote it. What took an hour to measure is kept before the profiles that go with it are taken. */
export async function publish(entries: readonly BenchEntry[]): Promise<void> {
  await keep(entries);
  const detailed = await withSteps(entries);
  await keep(detailed);
  for (const document of QUOTING) {
    const text = await readFile(atRoot(document), 'utf8');
    await writeFile(atRoot(document), quoted(text, detailed));
  }
}

async function withSteps(entries: readonly BenchEntry[]): Promise<BenchEntry[]> {
  const detailed: BenchEntry[] = [];
  for (const entry of entries) {
    const bar = WITH_STEPS.find((name) => name === entry.bar);
    detailed.push(bar === undefined ? entry : { ...entry, steps: await profileTime(BARS[bar].ours) });
  }
  return detailed;
}

/** A file of the root. */
export function atRoot(name: string): URL {
  return new URL(`../../${name}`, import.meta.url);
}
