import { describe, expect, it } from 'vitest';
import { runWindowCase } from './run-window-case.js';
import { readCases, type WindowCase, type WindowOutput } from './window-case.js';

const cases = readCases<WindowCase>('windows.ndjson');

/**
 * What may differ: the order within a step; the order of contents that Flink had in a hash set; the timestamps of results of count
 * and global windows, which ours take from the element that fired them.
 */
function comparable(outputs: readonly WindowOutput[], test: WindowCase): string[] {
  const reordered = test.flags?.includes('reordered') === true;
  return outputs
    .filter((output) => output[0] !== 'w')
    .map((output) => {
      if (output[0] !== 'r') return JSON.stringify(output);
      const [type, key, start, end, timestamp, contents] = output;
      const sorted = reordered && typeof contents !== 'number' ? [...contents].sort((a, b) => a - b) : contents;
      return JSON.stringify([type, key, start, end, start === null ? null : timestamp, sorted]);
    })
    .sort();
}

describe.each(['aggregate', 'full'] as const)('windows as Apache Flink 2.2 answers (%s)', (form) => {
  it(`has all ${cases.length} cases`, () => expect(cases).toHaveLength(688));

  it.each(cases.map((test) => [test.id, test] as const))('%s', (_id, test) => {
    const { steps, dropped } = runWindowCase(test, form);
    expect(steps.map((step) => comparable(step, test))).toEqual(test.steps.map((step) => comparable(step, test)));
    if (test.lateDropped !== undefined) expect(dropped).toBe(test.lateDropped);
  });
});
