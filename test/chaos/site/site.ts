import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { Mistake } from '../faults/fault.js';
import { JobProcess } from '../job-process.js';
import { compareRunning, compareTotals, compareWindows } from '../judge/compare.js';
import { type Expected, expectedOf } from '../judge/expected.js';
import { preparedUnder, readTables } from '../judge/read-tables.js';
import { withPostgres } from '../pairs/postgres-client.js';
import type { WorkerPlan } from '../worker-messages.js';
import type { Pace } from '../workload/payment-source.js';
import type { InputSpec } from '../workload/payments.js';
import { type Mode, tableStatements } from '../workload/tables.js';
import { siteClosed, siteOpened } from './open-sites.js';
import { workerProgram } from './worker-program.js';

export interface SiteOptions {
  readonly mode: Mode;
  readonly seed: number;
  readonly mistake?: Mistake | undefined;
  /** Elements of each of the three splits; default 1,200. */
  readonly perSplit?: number;
  readonly pace?: Partial<Pace>;
  /** Unique keys in the tables, also where nothing is upserted. */
  readonly unique?: boolean;
  readonly storage?: 'folder' | 'postgres';
  /** How often a process starts the job again by itself; default never, so that each failure is seen. */
  readonly restarts?: number;
}

const INTERVAL = 50;
const PACE: Pace = { batch: 10, every: 4, ahead: 150 };

/** The tables, the checkpoints and the input of one run: its own, so that runs can go on side by side. */
export class Site {
  readonly plan: WorkerPlan;
  readonly #expected: Expected;
  readonly #processes = new Set<JobProcess>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-chaos-'));

  private constructor(
    readonly url: string,
    private readonly options: SiteOptions,
    private readonly program: string,
  ) {
    const name = randomBytes(5).toString('hex');
    const { mode, seed, perSplit = 1_200, pace = {}, restarts = 0 } = options;
    const input: InputSpec = { seed, splits: 3, perSplit };
    this.#expected = expectedOf(input);
    // One run in three keeps its checkpoints in the database.
    const storage = options.storage ?? (seed % 3 === 0 ? 'postgres' : 'folder');
    this.plan = {
      job: `chaos ${name}`,
      place: { connectionString: url, schema: `chaos_${name}`, prefix: `chaos-${name}` },
      mode,
      checkpoints: storage === 'postgres' ? 'postgres' : { folder: this.#folder },
      interval: INTERVAL,
      input,
      pace: { ...PACE, ...pace },
      restarts,
      mistake: options.mistake,
    };
  }

  static async create(url: string, options: SiteOptions): Promise<Site> {
    const site = new Site(url, options, await workerProgram());
    await siteOpened(site);
    await site.sql((client) =>
      client.query(tableStatements(site.plan.place.schema, options.mode, options.unique ?? false)),
    );
    return site;
  }

  /** A process of the job, on its way. */
  start(more: Partial<WorkerPlan> = {}): JobProcess {
    const process = new JobProcess(this.program, { ...this.plan, ...more });
    this.#processes.add(process);
    void process.ended.then(() => this.#processes.delete(process));
    return process;
  }

  sql<R>(use: (client: pg.Client) => Promise<R>): Promise<R> {
    return withPostgres(this.url, use);
  }

  get elements(): number {
    return this.plan.input.splits * this.plan.input.perSplit;
  }

  /** In all tables together. */
  async rows(): Promise<number> {
    const { running, windows } = await this.sql((client) => readTables(client, this.plan.place.schema));
    return running.length + windows.length;
  }

  prepared(): Promise<string[]> {
    return this.sql((client) => preparedUnder(client, this.plan.place.prefix));
  }

  async rollBackPrepared(): Promise<number> {
    const gids = await this.prepared();
    await this.sql(async (client) => {
      for (const gid of gids) await client.query(`ROLLBACK PREPARED '${gid}'`);
    });
    return gids.length;
  }

  /** Everything that is wrong with what the whole input has given. */
  async judge(when: string): Promise<string[]> {
    const written = await this.sql((client) => readTables(client, this.plan.place.schema));
    const running = this.options.mode === 'upsert' ? compareTotals : compareRunning;
    const left = await this.prepared();
    return [
      ...running(this.#expected, written),
      ...compareWindows(this.#expected, written),
      ...left.map((gid) => `prepared transaction ${gid} is left`),
    ].map((wrong) => `${when}: ${wrong}`);
  }

  /** The same in the middle of it, when nothing has to be there yet, but what is there has to be right. */
  async judgeSoFar(when: string): Promise<string[]> {
    const written = await this.sql((client) => readTables(client, this.plan.place.schema));
    // A total that will be upserted again is not yet what it will be.
    const running = this.options.mode === 'upsert' ? [] : compareRunning(this.#expected, written);
    return [...running, ...compareWindows(this.#expected, written)]
      .filter((wrong) => !wrong.endsWith(' is lost'))
      .map((wrong) => `${when}: ${wrong}`);
  }

  async remove(): Promise<void> {
    siteClosed(this);
    for (const process of this.#processes) process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
    await this.rollBackPrepared();
    await this.sql((client) => client.query(`DROP SCHEMA ${this.plan.place.schema} CASCADE`));
  }
}
