import { SluiceError } from '@sluice/connector-sdk';
import type { Graph } from '../graph/graph.js';
import type { StreamNode } from '../graph/node.js';

export type GuaranteeLevel = 'exactly-once' | 'effectively-once' | 'at-least-once' | 'at-most-once';

/** What a job guarantees from end to end, worked out from its parts. */
export interface Guarantee {
  readonly level: GuaranteeLevel;
  /** What keeps it from being exactly-once, each with what to do. */
  readonly reasons: readonly GuaranteeReason[];
}

export interface GuaranteeReason {
  readonly uid: string;
  readonly limits: string;
  readonly remedy: string;
}

interface Limit extends GuaranteeReason {
  readonly level: GuaranteeLevel;
}

const LEVELS: readonly GuaranteeLevel[] = ['at-most-once', 'at-least-once', 'effectively-once', 'exactly-once'];

/** The weakest part decides. */
export function computeGuarantee(
  graph: Graph,
  options: { readonly checkpointed: boolean; readonly mode: 'exactly-once' | 'at-least-once' },
): Guarantee {
  const limits: Limit[] = [];
  if (!options.checkpointed) {
    limits.push({
      uid: 'job',
      level: 'at-most-once',
      limits: 'without checkpoints a failure loses what was under way',
      remedy: 'give createJob checkpoints: { interval, storage }',
    });
  } else if (options.mode === 'at-least-once') {
    limits.push({
      uid: 'job',
      level: 'at-least-once',
      limits: "checkpoints in mode 'at-least-once' may repeat elements after a failure",
      remedy: "use mode: 'exactly-once'",
    });
  }
  for (const node of graph.nodes) {
    const limit = limitOf(node, graph.uidOf(node));
    if (limit !== undefined) limits.push(limit);
  }
  const level = limits.reduce<GuaranteeLevel>(
    (weakest, limit) => (LEVELS.indexOf(limit.level) < LEVELS.indexOf(weakest) ? limit.level : weakest),
    'exactly-once',
  );
  return { level, reasons: limits.map(({ uid, limits: what, remedy }) => ({ uid, limits: what, remedy })) };
}

function limitOf(node: StreamNode, uid: string): Limit | undefined {
  const { role } = node;
  if (role.type === 'observable') {
    return {
      uid,
      level: 'at-most-once',
      limits: 'a plain Observable cannot be replayed after a failure',
      remedy: 'put a replayable source (a log, a topic) in its place',
    };
  }
  if (role.type === 'source' && !role.source.replayable) {
    return {
      uid,
      level: 'at-most-once',
      limits: `the source '${role.source.name}' cannot be replayed after a failure`,
      remedy: 'use a source that honours positions',
    };
  }
  if (role.type === 'sink' && role.sink.guarantee === 'at-least-once') {
    return {
      uid,
      level: 'at-least-once',
      limits: `the sink '${role.sink.name}' writes again what a failure makes the job repeat`,
      remedy: 'use an idempotent or a transactional sink',
    };
  }
  if (role.type === 'sink' && role.sink.guarantee === 'idempotent') {
    return {
      uid,
      level: 'effectively-once',
      limits: `the sink '${role.sink.name}' overwrites by key: readers may see a value early, and the same value again`,
      remedy: 'nothing, unless readers must see results only once they are final: then use a transactional sink',
    };
  }
  return undefined;
}

/** @throws SLUICE_GUARANTEE when the job cannot give what was asked for */
export function requireGuarantee(job: string, guarantee: Guarantee, asked: GuaranteeLevel): void {
  // Overwriting by key is how idempotent sinks give exactly-once.
  const enough: GuaranteeLevel = asked === 'exactly-once' ? 'effectively-once' : asked;
  if (LEVELS.indexOf(guarantee.level) >= LEVELS.indexOf(enough)) return;
  const { reasons } = guarantee;
  throw new SluiceError({
    code: 'SLUICE_GUARANTEE',
    component: `job '${job}'`,
    expected: asked,
    actual: `${guarantee.level}: ${reasons.map(({ uid, limits }) => `${uid}: ${limits}`).join('; ')}`,
    remedy: reasons.map(({ uid, remedy }) => `${uid}: ${remedy}`).join('; '),
  });
}
