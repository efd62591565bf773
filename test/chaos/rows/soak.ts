import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobProcess } from '../job-process.js';
import { sendPayments } from '../pairs/kafka-source.js';
import { withProducer } from '../pairs/kafka-topic.js';
import type { PairPlan } from '../pairs/pair-plan.js';
import { PairSite } from '../pairs/pair-site.js';
import { withPostgres } from '../pairs/postgres-client.js';
import type { Pair } from '../pairs/sides.js';
import { randomFrom } from '../random.js';
import { paymentsOf } from '../workload/payments.js';
import type { ChaosRow } from './chaos-row.js';
import { growth, type Sample } from './growth.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

const MINUTE = 60_000;
/** Elements of each split in a second, and in how many portions. */
const RATE = 40;
const PORTIONS = 10;
/** ms at the beginning of a process in which it is not measured: it compiles, connects and restores. */
const WARM_UP = 5_000;
const MEASURED = 1_000;
/** ms in which the connections of a process that has ended are gone. */
const CLOSED = 5_000;

/** Row 28: an endless input, one kill a minute; in the end all is there once, and nothing has grown meanwhile. */
export const soak: ChaosRow<Pair> = {
  row: 28,
  title: 'one kill a minute, for as many minutes as --minutes says',
  needs: ['kafka', 'postgres'],
  modes: ['kafka-to-postgres:ledger'],
  counts: { quick: 1, release: 1 },
  run: async ({ mode, seed, servers, minutes, mistake }) => {
    const perSplit = minutes * 60 * RATE;
    const pace = { batch: 100, every: 1, ahead: 10_000 };
    const options = { pair: mode, seed, mistake, perSplit, pace, interval: 250, input: { fill: async () => {} } };
    const url = await servers.endpoint('postgres');
    return withSite(PairSite.create(servers, options), async (site) => {
      const random = randomFrom(seed, 28);
      const began = performance.now();
      const producing = produce(site, began);
      producing.catch(() => {});
      const samples: Sample[] = [];
      const violations: string[] = [];
      let faults = 0;
      for (let minute = 0; minute <= minutes; minute++) {
        const process = startMeasured(site, url, samples, began, minutes);
        // In the middle of each minute, more or less; the last process lives until the end.
        const until = minute < minutes ? (minute + 0.2 + random.next() * 0.2) * MINUTE : minutes * MINUTE;
        await Promise.race([sleep(Math.max(0, began + until - performance.now())), process.ended]);
        if (minute < minutes) process.kill();
        else {
          await producing;
          process.stop();
        }
        const end = await process.ended;
        const wanted = minute < minutes ? 'killed' : 'finished';
        if (end.how !== wanted) violations.push(unexpected(`process ${minute + 1}`, end));
        if (end.how === 'killed') faults++;
        if (violations.length > 0) break;
      }
      await producing;
      violations.push(...(await finishAndJudge(site)), ...growth(samples));
      await sleep(CLOSED);
      const left = await connectionsOf(url, site.place.name);
      if (left > 0) violations.push(`${left} connections to PostgreSQL were never closed`);
      return { faults, violations };
    });
  },
};

/** Until the whole input is in the topic, at its rate. */
async function produce({ place, input }: PairSite, began: number): Promise<void> {
  const splits = Array.from({ length: input.splits }, (_, split) => paymentsOf(input, split));
  const portion = RATE / PORTIONS;
  await withProducer(place, async (producer) => {
    for (let from = 0; from < input.perSplit; from += portion) {
      await sleep(Math.max(0, began + (from / RATE) * 1_000 - performance.now()));
      await sendPayments(
        producer,
        place,
        splits.map((payments) => payments.slice(from, from + portion)),
      );
    }
  });
}

function startMeasured(
  site: PairSite,
  url: string,
  samples: Sample[],
  began: number,
  minutes: number,
): JobProcess<PairPlan> {
  const plan = { bounded: false, gauges: true };
  const process = site.start(plan, { longest: (minutes + 1) * MINUTE, flags: ['--expose-gc'] });
  let started = Number.POSITIVE_INFINITY;
  let last = 0;
  process.listen((message) => {
    const now = performance.now();
    if (message.type === 'started') started = now;
    if (message.type !== 'memory' || now - started < WARM_UP || now - last < MEASURED) return;
    last = now;
    const descriptors = descriptorsOf(process.pid);
    connectionsOf(url, site.place.name).then(
      (connections) => {
        if (process.isOver) return;
        const { heapUsed } = message;
        samples.push({ at: now - began, age: now - started, heapUsed, descriptors, connections });
      },
      () => {},
    );
  });
  return process;
}

/** Open files and sockets, where the system tells. */
function descriptorsOf(pid: number | undefined): number | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return undefined;
  }
}

function connectionsOf(url: string, name: string): Promise<number> {
  return withPostgres(url, async (client) => {
    const { rows } = await client.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = $1',
      [name],
    );
    return rows[0]?.count ?? 0;
  });
}
