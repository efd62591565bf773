import Table from 'cli-table3';
import type { CaseResult, ConformanceReport } from './report.js';

/** Of a group of cases such as the crash matrix, one row when all of them went the same way. */
const GROUP = /^(\w+\/(?:crash|zombie))\//;

/** What was proved, what was not, and why not. */
export function reportTable({ name, seed, results }: ConformanceReport): string {
  const table = new Table({ head: ['case', 'result', 'why not'], style: { head: [], border: [], compact: true } });
  for (const rows of grouped(results)) {
    const [first] = rows;
    if (first === undefined) continue;
    const group = GROUP.exec(first.id)?.[1];
    if (group !== undefined && new Set(rows.map(toldOf)).size === 1) {
      table.push([`${group}/ (${rows.length})`, first.outcome, first.reason ?? '']);
    } else for (const row of rows) table.push([row.id, row.outcome, row.reason ?? '']);
  }
  const count = (outcome: CaseResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  const sum = `${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`;
  return `Conformance of ${name}: ${sum} (seed ${seed})\n${table.toString()}\n`;
}

function toldOf({ outcome, reason }: CaseResult): string {
  return `${outcome} ${reason}`;
}

function grouped(results: readonly CaseResult[]): CaseResult[][] {
  const groups = new Map<string, CaseResult[]>();
  for (const result of results) {
    const group = GROUP.exec(result.id)?.[1] ?? result.id;
    groups.set(group, [...(groups.get(group) ?? []), result]);
  }
  return [...groups.values()];
}
