import { createHash } from 'node:crypto';
import type { Client } from '@elastic/elasticsearch';
import { type PluginContext, SluiceError } from '@sluice/connector-sdk';
import { statusOf } from '../server/request-failure.js';
import { type Claimant, claimBlock, type Registration, type VersionBlock } from './claim.js';

/** A registration as it was read, and what a write of it has to find unchanged. */
interface Found {
  readonly registration: Registration;
  readonly seqNo: number;
  readonly primaryTerm: number;
}

const MOST_RACES = 100;

/**
 * The index that keeps, for each sink of each job, which versions have been given out and to which run: one small document, changed only
 * by compare-and-set (`if_seq_no`, `if_primary_term`).
 */
export class VersionRegistry {
  readonly #id: string;

  constructor(
    private readonly client: Client,
    private readonly index: string,
    private readonly component: string,
    private readonly context: Pick<PluginContext, 'job' | 'uid' | 'incarnation' | 'epoch' | 'signal'>,
  ) {
    this.#id = createHash('sha256')
      .update(JSON.stringify([context.job, context.uid]))
      .digest('hex');
  }

  /** Where templates or `action.auto_create_index` would have it otherwise, too. */
  async prepare(): Promise<void> {
    const { index, client, context } = this;
    if (await client.indices.exists({ index }, { signal: context.signal })) return;
    try {
      await client.indices.create(
        {
          index,
          settings: { number_of_shards: 1, auto_expand_replicas: '0-1', hidden: true },
          mappings: { dynamic: false, properties: { job: { type: 'keyword' }, sink: { type: 'keyword' } } },
        },
        { signal: context.signal },
      );
    } catch (error) {
      // Another sink was first: then there is one.
      if (statusOf(error) !== 400 || !(await client.indices.exists({ index }, { signal: context.signal }))) throw error;
    }
  }

  /** @throws SLUICE_FENCED, SLUICE_ELASTICSEARCH_VERSIONS_USED_UP, SLUICE_ELASTICSEARCH_REGISTRY */
  async claim({ again, floor }: Pick<Claimant, 'again' | 'floor'>): Promise<VersionBlock> {
    const { incarnation, epoch } = this.context;
    for (let race = 0; race < MOST_RACES; race++) {
      const found = await this.#find();
      const claim = claimBlock(found?.registration, { incarnation, epoch, again, floor });
      if (claim.kind === 'fenced') throw fenced(this.component, this.context);
      if (claim.kind === 'usedUp') throw this.#usedUp();
      if (await this.#put(claim.registration, found)) return claim.block;
    }
    throw this.#crowded();
  }

  async read(): Promise<Registration | undefined> {
    return (await this.#find())?.registration;
  }

  async #find(): Promise<Found | undefined> {
    const { index, client, context } = this;
    try {
      const got = await client.get<Registration>({ index, id: this.#id }, { signal: context.signal });
      const { _source: registration, _seq_no: seqNo, _primary_term: primaryTerm } = got;
      if (!isRegistration(registration) || seqNo === undefined || primaryTerm === undefined) throw this.#damaged();
      return { registration, seqNo, primaryTerm };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  /** False: somebody else was first. */
  async #put(registration: Registration, before: Found | undefined): Promise<boolean> {
    const { index, client, context } = this;
    const condition =
      before === undefined
        ? { op_type: 'create' as const }
        : { if_seq_no: before.seqNo, if_primary_term: before.primaryTerm };
    const document = { job: context.job, sink: context.uid, ...registration };
    try {
      await client.index({ index, id: this.#id, document, ...condition }, { signal: context.signal });
      return true;
    } catch (error) {
      if (statusOf(error) === 409) return false;
      throw error;
    }
  }

  #usedUp(): SluiceError {
    return new SluiceError({
      code: 'SLUICE_ELASTICSEARCH_VERSIONS_USED_UP',
      component: this.component,
      expected: 'a version below 2^53 that has not been given out',
      actual: 'none left',
      remedy: 'lower `versionFloor`, or write into new indices under a new `registry`',
    });
  }

  #crowded(): SluiceError {
    return new SluiceError({
      code: 'SLUICE_ELASTICSEARCH_REGISTRY',
      component: this.component,
      expected: 'to register this run',
      actual: `${MOST_RACES} others that were faster`,
      remedy: 'find out who starts this job again and again',
      transient: true,
    });
  }

  #damaged(): SluiceError {
    return new SluiceError({
      code: 'SLUICE_ELASTICSEARCH_REGISTRY',
      component: this.component,
      expected: 'a document with incarnation, epoch and next',
      actual: 'another one',
      remedy: 'give `registry` an index that nothing else writes to',
    });
  }
}

export function fenced(
  component: string,
  { job, uid, epoch }: Pick<PluginContext, 'job' | 'uid' | 'epoch'>,
): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FENCED',
    component,
    expected: `to be the only run of sink ${JSON.stringify(uid)} of job ${JSON.stringify(job)}, epoch ${epoch}`,
    actual: 'another run that has registered since',
    remedy: 'stop this run, or stop the other one and start again',
  });
}

function isRegistration(found: Registration | undefined): found is Registration {
  return (
    typeof found?.incarnation === 'string' && Number.isSafeInteger(found.epoch) && Number.isSafeInteger(found.next)
  );
}
