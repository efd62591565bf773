import type { CrashPoint } from '../crash/fault.js';
import type { CaseText } from '../kit/case.js';

/** A point of the crash matrix, as a case. */
export interface CrashCase extends CaseText {
  readonly point: CrashPoint;
}

const POINTS: Readonly<Record<string, Omit<CaseText, 'title'>>> = {
  'after-open': {
    mistake: 'opening a reader already moves what the system knows of its position',
    remedy: 'read from the position that `read` is given, whatever the system has stored',
  },
  'after-read': {
    mistake: 'a batch is acknowledged to the system as soon as it has been given out',
    remedy: 'acknowledge in checkpointComplete(), or never',
  },
  'after-position': {
    mistake: 'asking for a position moves something',
    remedy: 'let positionAfter() only tell',
  },
  'before-publish': {
    mistake: 'the system is told a position before its checkpoint is complete, and the restart begins behind it',
    remedy: 'begin where `read` is told to, and tell the system in checkpointComplete()',
  },
  'after-publish': {
    mistake: "the restart begins where the system's own position is, which is behind the checkpoint's",
    remedy: 'begin where `read` is told to',
  },
  'during-acknowledge': {
    mistake: 'a half told position is taken for the truth by the restart',
    remedy: 'begin where `read` is told to',
  },
  'after-acknowledge': {
    mistake: 'what was acknowledged is deleted, although the checkpoint before it may still be restored',
    remedy: 'acknowledge without deleting, or say in the documentation what that costs',
  },
};

export const sourceCrashes: readonly CrashCase[] = Object.entries(POINTS).map(([point, text]) => ({
  point: point as CrashPoint,
  title: `a process that is killed ${point.replace('-', ' ')} and started again reads on without loss or repetition`,
  ...text,
}));
