import { afterAll, describe, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { caught } from './caught.js';
import type { Mistake } from './faults/fault.js';
import type { Pair } from './pairs/sides.js';
import { connectorRows } from './rows/all-rows.js';
import type { ChaosRow } from './rows/chaos-row.js';
import { killedOften } from './rows/pair-killed-at-random.js';
import { ChaosServers } from './site/servers.js';
import { removeWorkerProgram } from './site/worker-program.js';

// Few of what `npm run chaos` runs, each with a seed that does not change.
const seed = 21;
const KILLS = 4;
const LONGEST = 120_000;

describeWithService('kafka', 'the scorecard for pairs of connectors', () => {
  describeWithService('postgres', 'with processes that are killed', () => {
    const servers = new ChaosServers();
    afterAll(() => servers.close());
    afterAll(removeWorkerProgram);

    describe.concurrent('', () => {
      const pairs: readonly Pair[] = ['kafka-to-postgres:one-transaction', 'kafka-to-kafka', 'kafka-to-file'];
      test.each(pairs)('row 1: %s', { timeout: LONGEST }, async (mode) => {
        const { faults, violations } = await killedOften({ ...round(mode), seed }, KILLS);
        expect(violations).toEqual([]);
        expect(faults).toBe(KILLS);
      });

      const few = [
        [16, 'kafka-to-postgres:ledger'],
        [17, 'kafka-to-postgres:ledger'],
        [19, 'kafka-to-postgres:ledger'],
        [20, 'kafka-to-kafka'],
      ] as const;
      test.each(few)('row %i: %s', { timeout: LONGEST }, async (number, mode) => {
        const { faults, violations } = await rowOf(number, mode).run({ ...round(mode), seed });
        expect(violations).toEqual([]);
        expect(faults).toBeGreaterThan(0);
      });

      const mistakes: readonly (readonly [Mistake, number, Pair, string | undefined, RegExp])[] = [
        ['position off by one', 2, 'kafka-to-kafka', 'afterManifestPublished', /twice/],
        ['ignores the ledger', 2, 'kafka-to-kafka', 'afterStatePersisted', /twice/],
        ['commits before the manifest', 2, 'kafka-to-kafka', 'afterPrepareAcknowledged', /twice/],
        ['drops a committable', 2, 'file-to-file', 'afterManifestPublished', /is lost|instead of/],
        ['resets silently', 20, 'kafka-to-kafka', undefined, /though .* before it was not|finished/],
      ];
      test.each(mistakes)(
        'a connector that has the mistake "%s" is caught by row %i: %s',
        { timeout: LONGEST },
        async (mistake, number, mode, point, expected) => {
          const violations = await caught(expected, seed, (each) =>
            rowOf(number, mode).run({ ...round(mode), seed: each, point, mistake }),
          );
          expect(violations).toContainEqual(expect.stringMatching(expected));
        },
      );
    });

    const round = (mode: Pair) => ({ mode, point: undefined, servers, minutes: 1 });
  });
});

function rowOf(number: number, mode: string): ChaosRow {
  const found = connectorRows.find(({ row, modes }) => row === number && modes.includes(mode));
  if (found === undefined) throw new Error(`row ${number} has no ${mode}`);
  return found;
}
