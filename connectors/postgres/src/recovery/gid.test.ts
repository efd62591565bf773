import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gidOf, isGid, runOfGid } from './gid.js';
import { applicationName, incarnationHash } from './identity.js';

const transaction = fc.record({
  job: fc.string(),
  sink: fc.string(),
  incarnation: fc.string(),
  epoch: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  subtask: fc.nat({ max: 32_767 }),
  checkpoint: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
});

describe('the identifier of a prepared transaction', () => {
  it('can stand in a literal, is short enough, and tells its run', () => {
    fc.assert(
      fc.property(transaction, (of) => {
        const gid = gidOf('sluice', of);
        expect(gid).toMatch(/^[a-z0-9_-]{1,199}$/);
        expect(isGid(gid)).toBe(true);
        expect(runOfGid(gid)).toEqual({ incarnationHash: incarnationHash(of.incarnation), epoch: of.epoch });
        expect(applicationName(of, of.epoch).length).toBeLessThan(64);
      }),
    );
  });

  it('is another one for every part of the identity', () => {
    const of = { job: 'a', sink: 'b', incarnation: 'c', epoch: 1, subtask: 2, checkpoint: 3 };
    const changed = [
      { job: 'x' },
      { sink: 'x' },
      { job: 'ab', sink: '' },
      { incarnation: 'x' },
      { epoch: 9 },
      { subtask: 9 },
      { checkpoint: 9 },
      {},
    ];
    expect(new Set(changed.map((change) => gidOf('sluice', { ...of, ...change }))).size).toBe(changed.length);
  });

  it('is not seen in what somebody else has prepared', () => {
    for (const gid of ['', 'sluice_by_hand', "sluice_0000000000000000_0000000000000000_1_2_3'; --", 'sluice__1_2_3']) {
      expect(runOfGid(gid)).toBeUndefined();
    }
  });
});
