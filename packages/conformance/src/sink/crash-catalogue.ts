import type { CrashPoint } from '../crash/fault.js';
import type { CaseText } from '../kit/case.js';

type Step = 'write' | 'flush' | 'prepare' | 'publish' | 'commit' | 'acknowledge' | 'recover' | 'abort';

/** By the step at which the process is killed: what it shows. */
const STEPS: Readonly<Record<Step, Omit<CaseText, 'title'>>> = {
  write: {
    mistake: 'what was written before the kill is visible and is written again',
    remedy: 'keep what is not committed out of sight, or write it under a key',
  },
  flush: {
    mistake: 'flush() resolves before the server has said that the elements are safe',
    remedy: 'wait in flush() for every answer',
  },
  prepare: {
    mistake: 'what a half prepared epoch left is neither used nor removed',
    remedy: 'roll back in recover() what is ours and not among `restored`',
  },
  publish: {
    mistake:
      'the epoch lives in memory between prepare() and commit(), or was committed before its checkpoint was complete',
    remedy: 'prepare() makes it survive a crash, commit() alone makes it visible',
  },
  commit: {
    mistake: 'the commit that was done before the kill is not recognised after it, and done again or taken for lost',
    remedy: 'write the proof in the same transaction as the rows, and answer alreadyCommitted when it is there',
  },
  acknowledge: {
    mistake: 'the last committed epoch is committed again by the restart, whose checkpoint still holds it',
    remedy: 'write the proof in the same transaction as the rows, and answer alreadyCommitted when it is there',
  },
  recover: {
    mistake: 'recover() forgets what it has done when it dies halfway, or cannot be repeated',
    remedy: 'let recover() look at the system each time, and make each of its steps repeatable',
  },
  abort: {
    mistake: 'a half aborted transaction stays open and holds up the replay',
    remedy: 'roll back in recover() what an earlier run left open',
  },
};

/** A point of the crash matrix, as a case. */
export interface CrashCase extends CaseText {
  readonly point: CrashPoint;
}

function crashCase(point: CrashPoint): CrashCase {
  const step = point.slice(point.indexOf('-') + 1) as Step;
  return {
    point,
    title: `a process that is killed ${point.replace('-', ' ')}() and started again loses and repeats nothing`,
    ...STEPS[step],
  };
}

function around(step: Step): CrashCase[] {
  return [crashCase(`before-${step}`), crashCase(`during-${step}`), crashCase(`after-${step}`)];
}

/** Between any two steps, and in the middle of those that speak to the system. */
export const transactionalCrashes: readonly CrashCase[] = [
  crashCase('after-write'),
  ...around('prepare'),
  crashCase('before-publish'),
  crashCase('after-publish'),
  crashCase('during-commit'),
  crashCase('after-commit'),
  crashCase('before-acknowledge'),
  crashCase('after-acknowledge'),
  ...around('recover'),
  crashCase('during-abort'),
];

export const writerCrashes: readonly CrashCase[] = [
  crashCase('after-write'),
  ...around('flush'),
  crashCase('before-publish'),
  crashCase('after-publish'),
  crashCase('before-acknowledge'),
  crashCase('after-acknowledge'),
];

function zombieCase(point: CrashPoint): CrashCase {
  return {
    point,
    title: `a process that is stopped (SIGSTOP) ${point.replace('-', ' ')}(), replaced, and continued changes nothing any more`,
    mistake: 'the epoch is not compared when something is written, only when the run starts',
    remedy: 'compare the epoch in the same transaction or statement that writes',
  };
}

export const transactionalZombies: readonly CrashCase[] = ['after-write', 'before-prepare', 'before-commit'].map(
  (point) => zombieCase(point as CrashPoint),
);

export const writerZombies: readonly CrashCase[] = ['after-write', 'before-flush'].map((point) =>
  zombieCase(point as CrashPoint),
);
