import { describe, expect, it } from 'vitest';
import { countTests, type VitestReport } from './vitest-report.js';

const passed = { status: 'passed', assertionResults: [{ status: 'passed' }, { status: 'passed' }] };
const failed = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
const unloaded = { status: 'failed', assertionResults: [] };

describe('countTests', () => {
  it('takes the counts of the report', () => {
    expect(countTests(report(3, 1, passed, failed), 1)).toEqual({ passed: 3, failed: 1, skipped: 0 });
  });

  it('counts a file that could not be loaded as failed', () => {
    expect(countTests(report(2, 0, passed, unloaded), 1).failed).toBe(1);
  });

  it('counts a run that failed without a failed test as failed', () => {
    expect(countTests(report(2, 0, passed), 1).failed).toBe(1);
    expect(countTests(undefined, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('takes nothing for failed that is not', () => {
    expect(countTests(report(2, 0, passed), 0)).toEqual({ passed: 2, failed: 0, skipped: 0 });
  });
});

function report(passes: number, failures: number, ...testResults: VitestReport['testResults']): VitestReport {
  return { numPassedTests: passes, numFailedTests: failures, numPendingTests: 0, testResults };
}
