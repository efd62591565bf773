import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnServer } from '@sluice/services';
import type pg from 'pg';
import { randomFrom } from '../random.js';
import { Site } from '../site/site.js';
import type { Mode } from '../workload/tables.js';
import type { ChaosRow, RunReport } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

const ENOUGH = 8;

/** Row 9: the server has no prepared transactions, or too few, or others take them all while the job runs. */
export const noSlots: ChaosRow<Mode> = {
  row: 9,
  title: 'the slots of prepared transactions are used up, or the feature is off',
  needs: ['postgres'],
  modes: ['two-phase'],
  counts: { quick: 3, release: 21 },
  oneByOne: true,
  async run({ mode, seed, servers, mistake }) {
    const server = await servers.own('postgres');
    // In turn, so that a few runs have all of them.
    const kind = (['off', 'too few', 'used up'] as const)[seed % 3] ?? 'off';
    await restart(server, kind === 'off' ? 0 : kind === 'too few' ? 1 : ENOUGH);
    return withSite(Site.create(server.endpoint, { mode, seed, mistake }), (site) =>
      kind === 'used up' ? usedUp(site, seed) : refused(site, server, kind),
    );
  },
};

async function refused(site: Site, server: OwnServer, kind: 'off' | 'too few'): Promise<RunReport> {
  const end = await site.start().ended;
  const code = kind === 'off' ? 'SLUICE_POSTGRES_TWO_PHASE_OFF' : 'SLUICE_POSTGRES_SLOTS';
  const violations =
    end.how === 'failed' && end.codes[0] === code ? [] : [unexpected(`with the slots ${kind}, the start`, end)];
  const written = await site.rows();
  if (written > 0) violations.push(`${written} rows were written by a job that was refused`);
  await restart(server, ENOUGH);
  return { faults: 1, violations: [...violations, ...(await finishAndJudge(site))] };
}

async function usedUp(site: Site, seed: number): Promise<RunReport> {
  const random = randomFrom(seed, 9);
  const process = site.start({ fault: { kind: 'hold', point: 'afterManifestPublished', nth: random.between(1, 6) } });
  if (!(await process.until(({ type }) => type === 'held'))) {
    return { faults: 0, violations: [unexpected('the process', await process.ended)] };
  }
  const taken: string[] = [];
  let ended = false;
  const taking = site.sql((client) => takeSlots(client, taken, () => ended));
  await sleep(50);
  process.goOn();
  const end = await process.ended;
  ended = true;
  await taking;
  const loud = end.how === 'failed' && end.codes.includes('SLUICE_POSTGRES_SLOTS');
  const violations = loud ? [] : [unexpected('with no slot left, the process', end)];
  const before = await site.judgeSoFar('with no slot left');
  await site.sql(async (client) => {
    for (const gid of taken) await client.query(`ROLLBACK PREPARED '${gid}'`);
  });
  return { faults: 1, violations: [...violations, ...before, ...(await finishAndJudge(site))] };
}

/** All that there are, and those that the job gives back as soon as it does. */
async function takeSlots(client: pg.Client, taken: string[], enough: () => boolean): Promise<void> {
  while (!enough()) {
    const gid = `somebody else ${taken.length}`;
    await client.query('BEGIN');
    await client.query('SELECT txid_current()');
    try {
      await client.query(`PREPARE TRANSACTION '${gid}'`);
      taken.push(gid);
    } catch {
      await client.query('ROLLBACK');
    }
  }
}

async function restart(server: OwnServer, slots: number): Promise<void> {
  await server.stop('fast');
  await server.start({ max_prepared_transactions: slots });
}
