import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Commits, NOTHING_COMMITTED, verdictOn, withCommit } from './ledger-entry.js';
import { ledgerEntry, ledgerRecord } from './ledger-record.js';

const identity = (epoch: number, checkpoint: number) => ({
  job: 'j',
  sink: 's',
  incarnation: 'i',
  subtask: 0,
  epoch,
  checkpoint,
});
const verdict = (commits: Commits, epoch: number, checkpoint: number) =>
  verdictOn({ fence: undefined, commits: new Map([['i', commits]]) }, identity(epoch, checkpoint));

/** Commits as a job makes them: checkpoints grow, within an epoch and over epochs. */
const history = fc.array(fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 3 })), { maxLength: 40 }).map((steps) => {
  let [epoch, checkpoint] = [1, 0];
  return steps.map(([restarts, step]) => {
    epoch += restarts;
    checkpoint += step;
    return { epoch, checkpoint };
  });
});

describe('the ledger', () => {
  it('knows each commit that was made, and no other, as long as it is kept', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 10 }), (commits, runs) => {
        const made: { readonly epoch: number; readonly checkpoint: number }[] = [];
        let entry = NOTHING_COMMITTED;
        for (const commit of commits) {
          expect(verdict(entry, commit.epoch, commit.checkpoint)).toBe('open');
          entry = withCommit(entry, commit, runs);
          made.push(commit);
          expect(entry.newest.length).toBeLessThanOrEqual(runs);
          for (const { epoch, checkpoint } of made) {
            expect(verdict(entry, epoch, checkpoint)).toBe(epoch <= entry.dropped ? 'unknown' : 'committed');
          }
        }
      }),
    );
  });

  it('proves nothing for another incarnation', () => {
    const commits = new Map([['other', withCommit(NOTHING_COMMITTED, { epoch: 1, checkpoint: 9 }, 5)]]);
    expect(verdictOn({ fence: undefined, commits }, identity(1, 9))).toBe('open');
  });

  it('does not take a savepoint of an older run, which was never committed, for committed', () => {
    let entry = withCommit(NOTHING_COMMITTED, { epoch: 1, checkpoint: 4 }, 5);
    entry = withCommit(entry, { epoch: 2, checkpoint: 9 }, 5);
    expect(verdict(entry, 1, 5)).toBe('open');
    expect(verdict(entry, 1, 4)).toBe('committed');
  });

  it('reads what it wrote', () => {
    const fence = { kind: 'fence', transactionalId: 't', fence: { incarnation: 'i', epoch: 3 } } as const;
    const commits = withCommit(NOTHING_COMMITTED, { epoch: 3, checkpoint: 1 }, 5);
    const entry = { kind: 'commits', transactionalId: 't', incarnation: 'i', commits } as const;
    for (const one of [fence, entry]) {
      const { key, value } = ledgerRecord('ledger', one);
      expect(ledgerEntry(key, value)).toEqual(one);
    }
  });

  it('passes over what somebody else has written', () => {
    fc.assert(
      fc.property(fc.option(fc.uint8Array()), fc.option(fc.uint8Array()), (key, value) => {
        expect(ledgerEntry(key, value)).toBeUndefined();
      }),
    );
    const { key } = ledgerRecord('l', { kind: 'fence', transactionalId: 't', fence: { incarnation: 'i', epoch: 3 } });
    fc.assert(fc.property(fc.json(), (value) => void ledgerEntry(key, Buffer.from(value))));
  });
});
