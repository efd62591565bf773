import { Session } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { kindsOf, summaryOfHeap } from './heap-summary.js';
import { between, selfTimes } from './profile.js';

const frame = (functionName: string) => ({ functionName, scriptId: '1', url: '', lineNumber: 0, columnNumber: 0 });

describe('a CPU profile', () => {
  it('is read as the own time of each function, the longest first', () => {
    const nodes = [
      { id: 1, callFrame: frame('keyOf') },
      { id: 2, callFrame: frame('') },
      { id: 3, callFrame: frame('keyOf') },
    ];
    const profile = { startTime: 0, endTime: 750, nodes, samples: [1, 2, 3, 1], timeDeltas: [100, 250, 300, 100] };
    expect(selfTimes(profile)).toEqual([
      { name: 'keyOf', ms: 0.5 },
      { name: '(anonymous)', ms: 0.25 },
    ]);
  });

  it('is cut to the timed part', () => {
    const nodes = [{ id: 1, callFrame: frame('keyOf') }];
    const whole = { startTime: 1000, endTime: 1500, nodes, samples: [1, 1, 1, 1], timeDeltas: [100, 100, 100, 100] };
    expect(between(whole, { from: 1150, to: 1350 })).toEqual({
      startTime: 1150,
      endTime: 1350,
      nodes,
      samples: [1, 1],
      timeDeltas: [50, 100],
    });
  });
});

describe('a heap snapshot', () => {
  it('is read as objects by what made them', () => {
    const meta = { node_fields: ['type', 'name', 'id', 'self_size'], node_types: [['object', 'string']] as const };
    const nodes = [0, 0, 1, 40, 1, 1, 3, 16, 0, 0, 5, 40];
    expect(kindsOf({ snapshot: { meta }, nodes, strings: ['Bid', 'a text'] })).toEqual([
      { name: 'Bid', count: 2, bytes: 80 },
      { name: '(string)', count: 1, bytes: 16 },
    ]);
  });

  it('is taken of this process', () => {
    class OnlyHereMade {
      readonly numbers = [Math.random()];
    }
    const kept = Array.from({ length: 200_000 }, () => new OnlyHereMade());
    const session = new Session();
    session.connect();
    expect(summaryOfHeap(session).join('\n')).toMatch(/200000 OnlyHereMade/);
    session.disconnect();
    expect(kept).toHaveLength(200_000);
  }, 180_000);
});
