import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { judge } from './kill/judge.js';
import { KILL_POINTS, type KillPlan, type KillPoint } from './kill/kill-point.js';
import { workerProgram } from './kill/worker-program.js';

/** KILL_RUNS=20 for more of each, KILL_SEED for where they begin. */
const RUNS = Number(process.env.KILL_RUNS ?? 1);
const SEED = Number(process.env.KILL_SEED ?? 1);
const KILLS = RUNS === 1 ? 1 : 3;
const COUNT = RUNS === 1 ? 4_800 : 9_600;

await describeWithPostgres('a job whose rows are published with its checkpoints, killed with SIGKILL', (url) => {
  let program: Awaited<ReturnType<typeof workerProgram>>;
  let admin: pg.Client;
  beforeAll(async () => {
    program = await workerProgram();
    admin = new pg.Client({ connectionString: url });
    await admin.connect();
  });
  afterAll(async () => {
    program?.remove();
    await admin.end();
  });

  function run(plan: KillPlan): Promise<{ readonly how: 'finished' | 'killed' | 'failed'; readonly text: string }> {
    const child = spawn(process.execPath, [program.path, JSON.stringify(plan)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += String(chunk);
    });
    const watchdog = setTimeout(() => child.kill('SIGTERM'), 60_000);
    return new Promise((resolve) => {
      child.on('close', (code, signal) => {
        clearTimeout(watchdog);
        resolve({ how: code === 0 ? 'finished' : signal === 'SIGKILL' ? 'killed' : 'failed', text });
      });
    });
  }

  async function withTables<R>(use: (plan: KillPlan) => Promise<R>): Promise<R> {
    const schema = `kill_${randomUUID().slice(0, 8)}`;
    const columns = 'id bigint, account bigint, nth bigint, total bigint';
    await admin.query(`CREATE SCHEMA ${schema}; CREATE TABLE ${schema}.entries (${columns});
      CREATE TABLE ${schema}.totals (${columns}, PRIMARY KEY (account)); CREATE TABLE ${schema}.prepared (${columns})`);
    try {
      return await use({ url, schema, job: `kill ${schema}`, count: COUNT });
    } finally {
      await admin.query(`DROP SCHEMA ${schema} CASCADE`);
    }
  }

  /** Answers how often the process was killed. */
  function killed(point: KillPoint, seed: number): Promise<number> {
    return withTables(async (plan) => {
      let kills = 0;
      for (; kills < KILLS; kills++) {
        const nth = 1 + ((seed * 7 + kills * 3) % (RUNS === 1 ? 3 : 6));
        const delay = point === 'any moment' ? 300 + ((seed * 131 + kills * 67) % 500) : (seed + kills) % 3;
        const end = await run({ ...plan, kill: { point, nth, delay } });
        expect(end.how, `${point}, seed ${seed}: ${end.text}`).not.toBe('failed');
        if (end.how === 'finished') break;
        expect(await judge(plan, false), `${point}, seed ${seed}, after kill ${kills + 1}`).toEqual([]);
      }
      for (const time of RUNS === 1 ? ['last'] : ['last', 'quiet']) {
        expect(await run(plan), `${point}, seed ${seed}`).toMatchObject({ how: 'finished' });
        expect(await judge(plan, true), `${point}, seed ${seed}, ${time} start`).toEqual([]);
      }
      return kills;
    });
  }

  test('the judge notices rows that are committed after their checkpoint', () =>
    withTables(async (plan) => {
      const end = await run({ ...plan, apart: true, kill: { point: 'rows written', nth: 1, delay: 0 } });
      expect(end.how, end.text).toBe('killed');
      expect(await judge(plan, false)).not.toEqual([]);
      for (const { gid } of (
        await admin.query('SELECT gid FROM pg_prepared_xacts WHERE starts_with(gid, $1)', [
          `${plan.schema.replace('_', '-')}_`,
        ])
      ).rows)
        await admin.query(`ROLLBACK PREPARED '${gid}'`);
    }));

  // All of them with KILL_RUNS; these, for every run of the tests, tell most.
  const often: readonly KillPoint[] = ['rows being copied', 'COMMIT sent', 'COMMIT answered'];
  const points = RUNS === 1 ? often : KILL_POINTS;

  test.each(points)('%s', { timeout: 60_000 + RUNS * 90_000 }, async (point) => {
    let kills = 0;
    for (let seed = SEED; seed < SEED + RUNS; seed++) kills += await killed(point, seed);
    expect(kills).toBeGreaterThan(0);
    if (RUNS > 1) process.stdout.write(`${point}: ${RUNS} runs, ${kills} kills, no violation\n`);
  });
});
