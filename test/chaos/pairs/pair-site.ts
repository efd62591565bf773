import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServiceName } from '@sluice/services';
import type { Mistake } from '../faults/fault.js';
import { JobProcess, type ProcessOptions } from '../job-process.js';
import { compareRunning, compareTotals, type Written } from '../judge/compare.js';
import { type Expected, expectedOf } from '../judge/expected.js';
import type { Servers } from '../rows/chaos-row.js';
import { siteClosed, siteOpened } from '../site/open-sites.js';
import { pairProgram } from '../site/worker-program.js';
import type { Pace } from '../workload/payment-source.js';
import type { InputSpec } from '../workload/payments.js';
import type { PairPlan } from './pair-plan.js';
import { type Pair, type PairSides, type Place, type SourceSide, sidesOf } from './sides.js';

export interface PairSiteOptions {
  readonly pair: Pair;
  readonly seed: number;
  readonly mistake?: Mistake | undefined;
  /** Elements of each of the three splits; default 1,200. */
  readonly perSplit?: number;
  readonly pace?: Partial<Pace>;
  readonly interval?: number;
  /** How often a process starts the job again by itself; default never, so that each failure is seen. */
  readonly restarts?: number;
  /** Servers that are not the shared ones. */
  readonly endpoints?: Place['endpoints'];
  /** What holds the input, where it is not as the source's side makes it. */
  readonly input?: Partial<Pick<SourceSide, 'prepare' | 'fill'>>;
}

const SPLITS = 3;
const PACE: Pace = { batch: 10, every: 4, ahead: 150 };

/** What one run has in both systems, its checkpoints, and its input: its own, so that runs can go on side by side. */
export class PairSite {
  readonly place: Place;
  readonly input: InputSpec;
  readonly plan: PairPlan;
  readonly #expected: Expected;
  readonly #processes = new Set<JobProcess<PairPlan>>();

  private constructor(
    { pair, seed, mistake, perSplit = 1_200, pace = {}, interval = 50, restarts = 0 }: PairSiteOptions,
    private readonly sides: PairSides,
    private readonly program: string,
    endpoints: Place['endpoints'],
  ) {
    const name = `chaos-${randomBytes(5).toString('hex')}`;
    this.place = { name, folder: mkdtempSync(join(tmpdir(), 'sluice-chaos-')), endpoints: named(endpoints, name) };
    this.input = { seed, splits: SPLITS, perSplit };
    this.#expected = expectedOf(this.input);
    this.plan = {
      job: name,
      pair,
      place: this.place,
      interval,
      pace: { ...PACE, ...pace },
      bounded: true,
      restarts,
      mistake,
    };
  }

  static async create(servers: Servers, options: PairSiteOptions): Promise<PairSite> {
    const sides = await sidesOf(options.pair);
    const endpoints: Partial<Record<ServiceName, string>> = { ...options.endpoints };
    for (const service of [...sides.source.needs, ...sides.sink.needs]) {
      endpoints[service] ??= await servers.endpoint(service);
    }
    const site = new PairSite(options, sides, await pairProgram(), endpoints);
    await siteOpened(site);
    const { place, input } = site;
    const { prepare, fill } = { ...sides.source, ...options.input };
    await prepare(place, input.splits);
    await sides.sink.prepare(place, sides.variant);
    await fill(place, input);
    return site;
  }

  start(more: Partial<PairPlan> = {}, options: ProcessOptions = {}): JobProcess<PairPlan> {
    const process = new JobProcess<PairPlan>(this.program, { ...this.plan, ...more }, options);
    this.#processes.add(process);
    void process.ended.then(() => this.#processes.delete(process));
    return process;
  }

  get elements(): number {
    return this.input.splits * this.input.perSplit;
  }

  readBack(): Promise<Written['running']> {
    return this.sides.sink.readBack(this.place);
  }

  /** Everything that is wrong with what the whole input has given. */
  async judge(when: string): Promise<string[]> {
    const running = await this.readBack();
    const left = (await this.sides.sink.left?.(this.place)) ?? [];
    return [...this.#compare({ running, windows: [] }), ...left.map((what) => `${what} is left`)].map(
      (wrong) => `${when}: ${wrong}`,
    );
  }

  /** The same in the middle of it, when nothing has to be there yet, but what is there has to be right. Not of values that are written over. */
  judgeSoFar(when: string, running: Written['running']): string[] {
    return compareRunning(this.#expected, { running, windows: [] })
      .filter((wrong) => !wrong.endsWith(' is lost'))
      .map((wrong) => `${when}: ${wrong}`);
  }

  async remove(): Promise<void> {
    siteClosed(this);
    const { place, sides } = this;
    const ended = [...this.#processes].map((process) => {
      process.kill();
      return process.ended;
    });
    await Promise.all(ended);
    rmSync(place.folder, { recursive: true, force: true });
    await sides.source.remove(place);
    await sides.sink.remove(place);
  }

  #compare(written: Written): string[] {
    const compare = this.sides.sink.judged(this.sides.variant) === 'latest' ? compareTotals : compareRunning;
    return compare(this.#expected, written);
  }
}

/** The server of the rows can tell whose connections it has. */
function named(endpoints: Place['endpoints'], name: string): Place['endpoints'] {
  if (endpoints.postgres === undefined) return endpoints;
  const url = new URL(endpoints.postgres);
  url.searchParams.set('application_name', name);
  return { ...endpoints, postgres: url.href };
}
