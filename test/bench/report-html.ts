import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GROUPS, NOT_YET } from './bars.js';
import { machineText } from './machine.js';
import type { BenchEntry } from './report-json.js';

const template = new URL('./report-page.html', import.meta.url);

/** One page with everything in it, the charting library too: it can be sent and opened without a network. */
export async function reportHtml(entries: readonly BenchEntry[]): Promise<string> {
  const chart = join(dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js');
  const [page, library] = await Promise.all([readFile(template, 'utf8'), readFile(chart, 'utf8')]);
  const [first] = entries;
  const parts: Readonly<Record<string, string>> = {
    LIBRARY: library,
    ENTRIES: json(entries.map(({ runs, ...entry }) => ({ ...entry, runs: runs.length }))),
    GROUPS: json(GROUPS),
    NOT_YET: json(NOT_YET),
    MEASURED: json(first === undefined ? '' : measuredOn(first)),
  };
  return page.replace(
    /\/\*(LIBRARY|ENTRIES|GROUPS|NOT_YET|MEASURED)\*\/(?: null)?/g,
    (_, part: string) => parts[part] as string,
  );
}

function measuredOn({ date, machine, quick }: BenchEntry): string {
  return `${date}, ${machineText(machine)}${quick ? '. QUICK: a glance, no figures to quote' : ''}`;
}

/** A text in it must not end the script. */
function json(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
