import { setTimeout as sleep } from 'node:timers/promises';
import { PairSite } from '../pairs/pair-site.js';
import { randomFrom } from '../random.js';
import { ownBroker } from './broker.js';
import type { ChaosRow } from './chaos-row.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

/** ms from the broker's first answer to the next checkpoint that is committed. */
const LONGEST = 30_000;

type Mode = 'restart' | 'kill';

/** Row 18: the broker of the input, and in one run of two of the output, ends or is killed in the middle of it and comes back. */
export const brokerRestarted: ChaosRow<Mode> = {
  row: 18,
  title: 'the broker is restarted, or killed and started',
  needs: ['kafka', 'postgres'],
  modes: ['restart', 'kill'],
  counts: { quick: 2, release: 25 },
  oneByOne: true,
  async run({ mode, seed, servers, mistake }) {
    const broker = await servers.own('kafka', ownBroker);
    const pair = seed % 2 === 0 ? 'kafka-to-kafka' : 'kafka-to-postgres:ledger';
    const endpoints = { kafka: broker.endpoint };
    const pace = { batch: 5, every: 10, ahead: 60 };
    return withSite(
      PairSite.create(servers, { pair, seed, mistake, endpoints, perSplit: 2_000, pace, restarts: 1_000 }),
      async (site) => {
        const random = randomFrom(seed, 18);
        const process = site.start({}, { longest: 120_000 });
        const from = random.between(100, 2_500);
        if (!(await process.until(({ type }) => type === 'read' && process.read >= from))) {
          return { faults: 0, violations: [unexpected('the process', await process.ended)] };
        }
        await broker.stop(mode === 'kill' ? 'kill' : 'fast');
        await sleep(random.between(0, 1_000));
        await broker.start();
        const back = performance.now();
        const resumed = await Promise.race([
          process.until(({ type }) => type === 'checkpoint').then((seen) => seen && performance.now() - back),
          sleep(LONGEST, false as const),
        ]);
        const end = await process.ended;
        const violations = end.how === 'finished' ? [] : [unexpected('the process', end)];
        if (resumed === false) violations.push(`no checkpoint within ${LONGEST} ms of the broker's return`);
        return { faults: 1, violations: [...violations, ...(await finishAndJudge(site))] };
      },
    );
  },
};
