import { describe, expect, it } from 'vitest';
import { runTimerCase, type TimerCase, type TimerOutput } from './run-timer-case.js';
import { readCases } from './window-case.js';

const cases = readCases<TimerCase>('timers.ndjson');

/** The order of timers at one time may differ. */
function comparable(outputs: readonly TimerOutput[]): string[] {
  return outputs.map((output) => JSON.stringify(output)).sort();
}

describe('timers as Apache Flink 2.2 answers', () => {
  it('has all cases', () => expect(cases).toHaveLength(64));

  it.each(cases.map((test) => [test.id, test] as const))('%s', (_id, test) => {
    const steps = runTimerCase(test);
    expect(steps.map(comparable)).toEqual(test.steps.map(comparable));
    for (const step of steps) {
      for (const domain of ['event', 'processing']) {
        const times = step.filter((output) => output[2] === domain).map((output) => output[3]);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }
    }
  });
});
