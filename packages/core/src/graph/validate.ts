import { SluiceError } from '@sluice/connector-sdk';
import { refusedStockOperator } from '../stream/stock-operators.js';
import type { Graph } from './graph.js';
import type { StreamNode } from './node.js';

/** What a graph must be before anything of it starts. */
export function validateGraph(
  graph: Graph,
  options: { readonly checkpointed: boolean; readonly inJob: boolean; readonly uids: 'derived' | 'required' },
): void {
  for (const node of graph.nodes) {
    if (node.needsTimestamps) requireTimestamps(graph, node);
    requireKnownSettings(graph, node);
    if (options.inJob) requireLocalParallelism(graph, node);
    if (options.inJob && node.role.type === 'feed') throw fedFromOutside(graph.uidOf(node));
    if (options.uids === 'required' && node.stateful && node.settings.uid === undefined) throw uidRequired(node);
    if (!options.checkpointed) continue;
    if (node.role.type === 'observable' && !node.role.declared) throw plainObservable(graph, node);
    if (node.role.type === 'stock') requireStateless(node.role.operator);
  }
}

/** Event time needs somebody upstream who assigns it, on every way to the operator. */
function requireTimestamps(graph: Graph, node: StreamNode): void {
  const missing = withoutTimestamps(graph, node, new Set());
  if (missing === undefined) return;
  throw new SluiceError({
    code: 'SLUICE_NO_TIMESTAMPS',
    component: graph.uidOf(node),
    expected: 'event time on every stream that comes in',
    actual: `no timestamps and watermarks from '${graph.uidOf(missing)}'`,
    remedy: "put withTimestamps or withIngestionTime before it, or use { time: 'processing' }",
  });
}

function withoutTimestamps(graph: Graph, node: StreamNode, seen: Set<StreamNode>): StreamNode | undefined {
  if (seen.has(node)) return undefined;
  seen.add(node);
  const inputs = graph.inputsOf(node);
  if (inputs.length === 0) return node;
  for (const input of inputs) {
    const missing = input.assignsTimestamps ? undefined : withoutTimestamps(graph, input, seen);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

const CHAINING: readonly unknown[] = [undefined, 'always', 'head', 'never'];

function requireKnownSettings(graph: Graph, node: StreamNode): void {
  const { chain, slotSharingGroup } = node.settings;
  if (!CHAINING.includes(chain)) {
    throw new SluiceError({
      code: 'SLUICE_OPTION',
      component: graph.uidOf(node),
      expected: "'chain' to be one of always, head, never",
      actual: String(chain),
      remedy: "correct 'chain' or leave it out",
    });
  }
  if (slotSharingGroup === undefined) return;
  throw new SluiceError({
    code: 'SLUICE_NOT_BUILT',
    component: graph.uidOf(node),
    expected: 'no slot sharing group: a job in this process has no slots',
    actual: `'${slotSharingGroup}'`,
    remedy: 'leave slotSharingGroup out',
  });
}

function requireLocalParallelism(graph: Graph, node: StreamNode): void {
  const { parallelism = 1 } = node.settings;
  if (parallelism !== 1) throw parallel(graph.uidOf(node), parallelism);
}

/** @throws SLUICE_PARALLELISM Local mode runs everything in one task. */
export function parallel(component: string, parallelism: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_PARALLELISM',
    component,
    expected: 'parallelism 1: a job in this process runs in local mode',
    actual: String(parallelism),
    remedy: 'leave parallelism out',
  });
}

function fedFromOutside(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_SOURCE',
    component,
    expected: 'sources that a job can read',
    actual: 'a stream that a test feeds, such as the source of a marble diagram',
    remedy: 'give a job an arraySource; marble streams are for expectStream',
  });
}

function requireStateless(operator: unknown): void {
  const refused = refusedStockOperator(operator as never);
  if (refused === undefined) return;
  throw new SluiceError({
    code: 'SLUICE_STOCK_OPERATOR',
    component: refused.name,
    expected: 'stock operators that keep no state and emit at once in a checkpointed job',
    actual: `'${refused.name}', whose state no checkpoint would hold, or which loses watermarks and barriers`,
    remedy: `use ${refused.counterpart}`,
  });
}

function plainObservable(graph: Graph, node: StreamNode): SluiceError {
  const behind = graph.consumersOf(node).map((edge) => graph.uidOf(edge.to));
  return new SluiceError({
    code: 'SLUICE_PLAIN_OBSERVABLE',
    component: behind.join(', ') || node.kind,
    expected: 'streams whose watermarks and barriers reach every operator of a checkpointed job',
    actual:
      'a plain Observable as input: a source of your own, or DataStreams combined by merge, concat, zip, race, defer, ...',
    remedy: 'use union, processWith or a join to combine streams, and fromObservable to let a plain Observable in',
  });
}

function uidRequired(node: StreamNode): SluiceError {
  return new SluiceError({
    code: 'SLUICE_UID',
    component: node.kind,
    expected: "a uid for every operator with state, as uids: 'required' asks",
    actual: 'none',
    remedy: "give it one by its options or configure({ uid: '...' })",
  });
}
