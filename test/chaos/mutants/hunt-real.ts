import { allRows } from '../rows/all-rows.js';
import { simulatedRows } from '../rows/simulated.js';
import { ChaosServers } from '../site/servers.js';
import type { Hunt } from './hunt.js';

/**
 * Runs a row with real processes until something is wrong; what they load is in the folder that `SLUICE_CHAOS_WORKERS` names. Arguments: row,
 * mode, point or nothing, the first seed, and how many. The last line on stdout tells.
 */
async function hunt(number: number, mode: string, point: string, first: number, count: number): Promise<Hunt> {
  const row = allRows.find((one) => one.row === number && !simulatedRows.includes(one) && one.modes.includes(mode));
  if (row === undefined) throw new Error(`there is no row ${number} with mode ${mode}`);
  const servers = new ChaosServers();
  try {
    for (let seed = first; seed < first + count; seed++) {
      const place = point === '' ? undefined : point;
      const { violations } = await row.run({ mode, seed, point: place, servers, minutes: 1 });
      if (violations[0] !== undefined) return { caughtBy: seed, violation: violations[0], runs: seed - first + 1 };
    }
    return { runs: count };
  } finally {
    await servers.close();
  }
}

const [row = '', mode = '', point = '', first = '1', count = '1'] = process.argv.slice(2);
console.log(JSON.stringify(await hunt(Number(row), mode, point, Number(first), Number(count))));
process.exit(0);
