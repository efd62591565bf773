import { proveSource } from '@sluice/conformance';
import { describe, expect, it } from 'vitest';
import { proofProgram } from './proof-program.js';
import type { SourceMistake } from './reference/mistakes.js';
import { folderSourceProof } from './subjects/folder-source.js';

/** The case that has to notice each mistake. */
const CAUGHT: Readonly<Record<SourceMistake, string>> = {
  'position off by one': 'source/replays-from-any-position',
  'position skips one': 'source/replays-from-any-position',
  'position of the whole batch': 'source/replays-from-any-position',
  'ignores its position': 'source/ends-behind-the-last',
  'goes on from where it was, not from the checkpoint': 'source/crash/before-publish',
  'loses the last batch': 'source/reads-everything',
  reorders: 'source/order-is-kept',
  'uses its array again': 'source/batches-are-well-formed',
  'loses its place in a pause': 'source/waits-without-loss',
  'larger batches than it says': 'source/batches-are-well-formed',
  'new ids at each look': 'source/discover-is-stable',
  'goes on after its end': 'source/lets-go',
  'swallows poison': 'source/poison-is-told',
  'leaks a file': 'source/leaves-nothing-open',
  'hangs on close': 'source/closes-in-time',
};

const module = await proofProgram('folder-source');

describe('a source with a mistake is caught by a named case', () => {
  it.each(Object.entries(CAUGHT))('%s: %s', async (mistake, id) => {
    const proof = folderSourceProof({ bounded: true, mistake: mistake as SourceMistake });
    const { results } = await proveSource({ ...proof, module }, [id]);
    expect(results).toMatchObject([{ id, outcome: 'failed', error: { code: 'SLUICE_CONFORMANCE', component: id } }]);
  });
});
