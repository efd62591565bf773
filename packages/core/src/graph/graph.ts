import { SluiceError } from '@sluice/connector-sdk';
import type { StreamNode } from './node.js';

/** One use of a node's output. */
export interface Edge {
  readonly to: StreamNode;
  /** Which input of `to`. */
  readonly input: number;
}

/** A directed acyclic graph of transformations, in topological order: every node stands behind its inputs. */
export interface Graph {
  readonly nodes: readonly StreamNode[];
  /** Who takes a node's output; a side output stands among the consumers of whoever may fill it. */
  consumersOf(node: StreamNode): readonly Edge[];
  /** A node's inputs; of a side output, the operators that may fill it. */
  inputsOf(node: StreamNode): readonly StreamNode[];
  uidOf(node: StreamNode): string;
  /** Nodes that are connected with each other, in the order of `nodes`: each component has a loop of its own. */
  readonly components: readonly (readonly StreamNode[])[];
}

/** Walks from the ends of the flows to their sources. */
export function buildGraph(ends: readonly StreamNode[]): Graph {
  const reachable = reach(ends);
  const inputs = new Map<StreamNode, readonly StreamNode[]>();
  for (const node of reachable) inputs.set(node, node.inputs);
  resolveSideOutputs(reachable, inputs);
  const nodes = sort(reachable, inputs);
  const consumers = new Map<StreamNode, Edge[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) {
    for (const [index, input] of (inputs.get(node) ?? []).entries())
      consumers.get(input)?.push({ to: node, input: index });
  }
  const uids = assignUids(nodes);
  return {
    nodes,
    consumersOf: (node) => consumers.get(node) ?? [],
    inputsOf: (node) => inputs.get(node) ?? [],
    uidOf: (node) => uids.get(node) ?? node.kind,
    components: components(nodes, inputs),
  };
}

function reach(ends: readonly StreamNode[]): Set<StreamNode> {
  const seen = new Set<StreamNode>();
  const visit = (node: StreamNode): void => {
    if (seen.has(node)) return;
    for (const input of node.inputs) visit(input);
    seen.add(node);
  };
  for (const end of ends) visit(end);
  return seen;
}

/**
 * A side output is filled by the operators that name it (`late`, `rejected`) or, when none does, by any that may call `emitTo`,
 * those behind the side output itself excepted.
 */
function resolveSideOutputs(reachable: ReadonlySet<StreamNode>, inputs: Map<StreamNode, readonly StreamNode[]>): void {
  const sideOutputs = [...reachable].filter((node) => node.role.type === 'sideOutput');
  for (const node of sideOutputs) {
    const target = node.role.type === 'sideOutput' ? node.role.target : undefined;
    const named = [...reachable].filter((other) => target !== undefined && other.sideOutputs.includes(target));
    inputs.set(node, named);
  }
  for (const node of sideOutputs) {
    if ((inputs.get(node) ?? []).length > 0) continue;
    const behind = descendants(node, reachable, inputs);
    const able = [...reachable].filter((other) => other.emitsToAny && !behind.has(other));
    if (able.length === 0) {
      throw new SluiceError({
        code: 'SLUICE_SIDE_OUTPUT',
        component: `sideOutput '${node.settings.name ?? node.kind}'`,
        expected: 'an operator of the same job that fills it',
        actual: 'none',
        remedy: 'give it as `late`, `rejected` or `poison`, or call `emitTo` with it, in a flow of this job',
      });
    }
    inputs.set(node, able);
  }
}

function descendants(
  start: StreamNode,
  reachable: ReadonlySet<StreamNode>,
  inputs: ReadonlyMap<StreamNode, readonly StreamNode[]>,
): Set<StreamNode> {
  const found = new Set([start]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const node of reachable) {
      if (!found.has(node) && (inputs.get(node) ?? []).some((input) => found.has(input))) {
        found.add(node);
        grown = true;
      }
    }
  }
  return found;
}

function sort(
  reachable: ReadonlySet<StreamNode>,
  inputs: ReadonlyMap<StreamNode, readonly StreamNode[]>,
): StreamNode[] {
  const sorted: StreamNode[] = [];
  const state = new Map<StreamNode, 'open' | 'done'>();
  const visit = (node: StreamNode): void => {
    if (state.get(node) === 'done') return;
    if (state.get(node) === 'open') {
      throw new SluiceError({
        code: 'SLUICE_CYCLE',
        component: node.kind,
        expected: 'a graph without cycles',
        actual: 'a stream that flows back into itself through a side output',
        remedy: 'send what must go round through a topic or a table instead',
      });
    }
    state.set(node, 'open');
    for (const input of inputs.get(node) ?? []) visit(input);
    state.set(node, 'done');
    sorted.push(node);
  };
  for (const node of reachable) visit(node);
  return sorted;
}

/** A uid that was given, or the kind with the node's place among the nodes of its kind that have one. */
function assignUids(nodes: readonly StreamNode[]): Map<StreamNode, string> {
  const uids = new Map<StreamNode, string>();
  const taken = new Map<string, StreamNode>();
  const take = (node: StreamNode, uid: string): void => {
    const other = taken.get(uid);
    if (other !== undefined) {
      throw new SluiceError({
        code: 'SLUICE_UID',
        component: node.kind,
        expected: 'a uid that no other operator of the job has',
        actual: `'${uid}', which a ${other.kind} has too`,
        remedy: 'give each operator a uid of its own',
      });
    }
    taken.set(uid, node);
    uids.set(node, uid);
  };
  for (const node of nodes) if (node.settings.uid !== undefined) take(node, node.settings.uid);
  const counts = new Map<string, number>();
  for (const node of nodes) {
    if (uids.has(node)) continue;
    const count = (counts.get(node.kind) ?? 0) + 1;
    counts.set(node.kind, count);
    let uid = `${node.kind}-${count}`;
    while (taken.has(uid)) uid += '-derived';
    take(node, uid);
  }
  return uids;
}

function components(
  nodes: readonly StreamNode[],
  inputs: ReadonlyMap<StreamNode, readonly StreamNode[]>,
): StreamNode[][] {
  const parent = new Map<StreamNode, StreamNode>(nodes.map((node) => [node, node]));
  const root = (node: StreamNode): StreamNode => {
    let at = node;
    for (let up = parent.get(at); up !== undefined && up !== at; up = parent.get(at)) at = up;
    return at;
  };
  for (const node of nodes) for (const input of inputs.get(node) ?? []) parent.set(root(input), root(node));
  const groups = new Map<StreamNode, StreamNode[]>();
  for (const node of nodes) {
    const top = root(node);
    const group = groups.get(top);
    if (group === undefined) groups.set(top, [node]);
    else group.push(node);
  }
  return [...groups.values()];
}
