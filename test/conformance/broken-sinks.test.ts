import { proveSink } from '@sluice/conformance';
import { describe, expect, it } from 'vitest';
import { proofProgram } from './proof-program.js';
import type { TransactionMistake, WriterMistake } from './reference/mistakes.js';
import { type FolderSubject, folderProof } from './subjects/folder-sinks.js';

/** The case that has to notice each mistake. */
const TRANSACTIONAL: Readonly<Record<TransactionMistake, string>> = {
  'commits early': 'sink/nothing-visible-before-commit',
  'forgets a handle': 'sink/every-committable-counts',
  'keeps handles in memory': 'sink/every-committable-counts',
  'commit is not idempotent': 'sink/commit-is-idempotent',
  'ignores the fence': 'sink/fencing',
  'acknowledges before durable': 'sink/crash/after-publish',
  'repeats after recover': 'sink/recover-is-repeatable',
  'leaves orphans': 'sink/leaves-no-transactions',
  'recovers its own subtask only': 'sink/rescale',
  'mixes epochs': 'sink/epochs-do-not-mix',
  'aborts nothing': 'sink/abort-leaves-nothing',
  'takes any version': 'sink/committable-codec',
  reorders: 'sink/order-is-kept',
  'trims texts': 'sink/delivers-everything',
  'never full': 'sink/backpressure',
  'throws away what comes while it is full': 'sink/backpressure',
  'swallows an item error': 'sink/poison-is-told',
  'leaks a connection': 'sink/leaves-nothing-open',
  'hangs on close': 'sink/closes-in-time',
  'options are not validated': 'sink/options-are-validated',
};

const WRITING: Readonly<Record<WriterMistake, readonly [kind: 'at-least-once' | 'idempotent', id: string]>> = {
  'loses the last batch on flush': ['at-least-once', 'sink/flush-is-durable'],
  'acknowledges before durable': ['at-least-once', 'sink/flush-is-durable'],
  'forgets what comes during a flush': ['at-least-once', 'sink/flush-while-writing'],
  'waits for a full batch': ['at-least-once', 'sink/epochs-of-any-size'],
  'batches overtake each other': ['at-least-once', 'sink/order-is-kept'],
  'ignores what a run before it wrote': ['idempotent', 'sink/fencing'],
  'adds up': ['idempotent', 'sink/replay-changes-nothing'],
  'key from a counter': ['idempotent', 'sink/key-is-deterministic'],
  'swallows an item error': ['at-least-once', 'sink/poison-is-told'],
  'fails when it is closed twice': ['at-least-once', 'sink/closes-in-time'],
};

const module = await proofProgram('folder-sinks');

async function isCaught(subject: FolderSubject, id: string): Promise<void> {
  const { results } = await proveSink({ ...folderProof(subject), module }, [id]);
  expect(results).toMatchObject([{ id, outcome: 'failed', error: { code: 'SLUICE_CONFORMANCE', component: id } }]);
  expect(String(results[0]?.error)).toContain('SLUICE_CONFORMANCE_SEED=');
}

describe('a transactional sink with a mistake is caught by a named case', () => {
  it.each(Object.entries(TRANSACTIONAL))('%s: %s', (mistake, id) =>
    isCaught({ kind: 'transactional', mistake: mistake as TransactionMistake }, id),
  );

  it('ignores the fence: a real zombie shows it too', () =>
    isCaught({ kind: 'transactional', mistake: 'ignores the fence' }, 'sink/zombie/before-prepare'));
});

describe('a writing sink with a mistake is caught by a named case', () => {
  it.each(Object.entries(WRITING))('%s: %s', (mistake, [kind, id]) =>
    isCaught({ kind, mistake: mistake as WriterMistake }, id),
  );
});
