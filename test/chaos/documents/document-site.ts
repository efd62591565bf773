import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobProcess } from '../job-process.js';
import type { Place } from '../pairs/sides.js';
import { siteClosed, siteOpened } from '../site/open-sites.js';
import { documentProgram } from '../site/worker-program.js';
import type { Pace } from '../workload/payment-source.js';
import { deadLetters } from './dead-letters.js';
import { savepointFolder } from './document-job.js';
import type { DocumentPlan } from './document-plan.js';
import { compareDocuments, compareLetters, comparePast } from './judge-documents.js';
import { revisionSources } from './revision-sources.js';
import { allLines, type RevisionSpec } from './revisions.js';
import { type Stored, targets } from './targets.js';

export interface DocumentSiteOptions
  extends Pick<DocumentPlan, 'source' | 'target' | 'versions' | 'letters' | 'mistake'> {
  readonly seed: number;
  /** Of each of the three splits; default 250. */
  readonly perSplit?: number;
  readonly pace?: Partial<Pace>;
  readonly restarts?: number;
  /** Where the servers are. */
  readonly endpoints: Place['endpoints'];
  /** Where the job takes them to be, if something stands in between. */
  readonly seenByJob?: Place['endpoints'];
}

const SPLITS = 3;
const PACE: Pace = { batch: 5, every: 6, ahead: 25 };
const INTERVAL = 40;

/** What one run has in all systems: its own, so that runs can go on side by side. */
export class DocumentSite {
  readonly place: Place;
  readonly plan: DocumentPlan;
  readonly #spec: RevisionSpec;
  readonly #processes = new Set<JobProcess<DocumentPlan>>();

  private constructor(
    options: DocumentSiteOptions,
    private readonly program: string,
  ) {
    const { seed, perSplit = 250, pace = {}, restarts = 0, endpoints, seenByJob = {} } = options;
    const { source, target, versions, letters, mistake } = options;
    const name = `chaos-${randomBytes(5).toString('hex')}`;
    this.place = { name, folder: mkdtempSync(join(tmpdir(), 'sluice-chaos-')), endpoints };
    this.#spec = { seed, splits: SPLITS, perSplit, poison: letters !== undefined };
    this.plan = {
      job: name,
      place: { ...this.place, endpoints: { ...endpoints, ...seenByJob } },
      source,
      target,
      versions,
      letters,
      interval: INTERVAL,
      pace: { ...PACE, ...pace },
      restarts,
      mistake,
    };
  }

  static async create(options: DocumentSiteOptions): Promise<DocumentSite> {
    const site = new DocumentSite(options, await documentProgram());
    await siteOpened(site);
    const { source, target, letters } = site.plan;
    await revisionSources[source].prepare(site.place, site.#spec);
    await targets[target].prepare(site.place);
    if (letters !== undefined) await deadLetters[letters].prepare(site.place);
    return site;
  }

  start(more: Partial<DocumentPlan> = {}): JobProcess<DocumentPlan> {
    const process = new JobProcess<DocumentPlan>(this.program, { ...this.plan, ...more });
    this.#processes.add(process);
    void process.ended.then(() => this.#processes.delete(process));
    return process;
  }

  get elements(): number {
    return this.#spec.splits * this.#spec.perSplit;
  }

  /** The ids of the elements that say last what a document is. */
  newest(): readonly number[] {
    const ids = new Map<string, number>();
    for (const { revision, flaw } of allLines(this.#spec))
      if (flaw === undefined) ids.set(revision.document, revision.id);
    return [...ids.values()];
  }

  /** Of the savepoint that a process has told of. */
  savepoint(): string {
    const folder = savepointFolder(this.place);
    return join(folder, readdirSync(folder)[0] ?? '');
  }

  readBack(): Promise<readonly Stored[]> {
    return targets[this.plan.target].readBack(this.place);
  }

  /** Everything that is wrong with what the whole input has given. */
  async judge(when: string): Promise<string[]> {
    const { letters } = this.plan;
    const lines = allLines(this.#spec);
    const wrong = compareDocuments(lines, await this.readBack());
    if (letters !== undefined) wrong.push(...compareLetters(lines, await deadLetters[letters].readBack(this.place)));
    return wrong.map((each) => `${when}: ${each}`);
  }

  /**
   * Reads again and again from outside while `during` goes on: what is there was in the input and, where the elements carry the version, is
   * never older than what was there before. Answers what was wrong.
   */
  async watched(during: () => Promise<void>): Promise<string[]> {
    const wrong = new Set<string>();
    const lines = allLines(this.#spec);
    let before: readonly Stored[] = [];
    let going = true;
    const watching = (async () => {
      while (going) {
        const now = await this.readBack();
        const past = this.plan.versions === 'of the elements' ? before : [];
        for (const each of comparePast(lines, past, now)) wrong.add(`meanwhile: ${each}`);
        before = now;
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
    })();
    // Whoever waits for it hears of it.
    watching.catch(() => {});
    try {
      await during();
    } finally {
      going = false;
    }
    await watching;
    return [...wrong];
  }

  async remove(): Promise<void> {
    siteClosed(this);
    const ended = [...this.#processes].map((process) => {
      process.kill();
      return process.ended;
    });
    await Promise.all(ended);
    const { place, plan } = this;
    rmSync(place.folder, { recursive: true, force: true });
    await revisionSources[plan.source].remove(place);
    await targets[plan.target].remove(place);
    if (plan.letters !== undefined) await deadLetters[plan.letters].remove(place);
  }
}
