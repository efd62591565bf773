import type { Graph } from './graph.js';
import type { StreamNode } from './node.js';

/** Operators that run as plain calls of each other, in the order of the stream. */
export interface Task {
  /** Position in the plan, from 1. */
  readonly id: number;
  readonly name: string;
  readonly nodes: readonly StreamNode[];
}

export interface Plan {
  readonly tasks: readonly Task[];
  taskOf(node: StreamNode): Task | undefined;
}

/**
 * Cuts the graph into tasks. A new task begins at a shuffle (`keyBy`, `rebalance`), at a change of parallelism, where an operator has
 * several inputs or the one before it several outputs, at `chain: 'head'` and around `chain: 'never'`.
 */
export function planTasks(graph: Graph): Plan {
  const chains: StreamNode[][] = [];
  const chainOf = new Map<StreamNode, StreamNode[]>();
  for (const node of graph.nodes) {
    const [before] = graph.inputsOf(node);
    const chain = before === undefined || !chainsWith(graph, before, node) ? undefined : chainOf.get(before);
    if (chain === undefined) {
      const begun = [node];
      chains.push(begun);
      chainOf.set(node, begun);
    } else {
      chain.push(node);
      chainOf.set(node, chain);
    }
  }
  const tasks = chains.map((nodes, index) => ({
    id: index + 1,
    name: nodes.map((node) => nameOf(graph, node)).join(' → '),
    nodes,
  }));
  const taskOf = new Map(tasks.flatMap((task) => task.nodes.map((node) => [node, task] as const)));
  return { tasks, taskOf: (node) => taskOf.get(node) };
}

/** What an operator is called in pictures and logs. */
export function nameOf(graph: Graph, node: StreamNode): string {
  return node.settings.name ?? (node.role.type === 'stock' ? 'rxjs' : graph.uidOf(node));
}

/** An `aggregate` is part of the window before it, whatever the settings say. */
function chainsWith(graph: Graph, before: StreamNode, node: StreamNode): boolean {
  if (node.role.type === 'windowAggregate') return true;
  if (node.shuffles || graph.inputsOf(node).length > 1 || graph.consumersOf(before).length > 1) return false;
  if ((before.settings.parallelism ?? 1) !== (node.settings.parallelism ?? before.settings.parallelism ?? 1))
    return false;
  return node.settings.chain !== 'head' && node.settings.chain !== 'never' && before.settings.chain !== 'never';
}
