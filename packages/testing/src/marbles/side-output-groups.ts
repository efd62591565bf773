import type { Observable } from 'rxjs';
import { type GraphNode, nodeIn } from './engine-streams.js';

/**
 * Groups of streams that have to run together: one that reads a side output, and those whose operators fill it. All others run by
 * themselves.
 */
export function groupBySideOutputs<T extends { readonly stream: Observable<unknown> }>(all: readonly T[]): T[][] {
  const reached = all.map(({ stream }) => reach(nodeIn(stream)));
  const groups = all.map((one) => [one]);
  const join = (one: number, other: number): void => {
    const [into, from] = [groups[one], groups[other]];
    if (into === undefined || from === undefined || into === from) return;
    into.push(...from);
    for (const [place, group] of groups.entries()) if (group === from) groups[place] = into;
  };
  for (const [reader, nodes] of reached.entries()) {
    for (const target of unfilled(nodes)) {
      const named = reached.flatMap((others, filler) => (fills(others, target) ? [filler] : []));
      const able = reached.flatMap((others, filler) => (others.some(({ emitsToAny }) => emitsToAny) ? [filler] : []));
      for (const filler of named.length > 0 ? named : able) join(reader, filler);
    }
  }
  return [...new Set(groups)];
}

/** Side outputs that are read and that nothing in the same graph names. */
function unfilled(nodes: readonly GraphNode[]): object[] {
  return nodes.flatMap(({ role }) =>
    role.type === 'sideOutput' && role.target !== undefined && !fills(nodes, role.target) ? [role.target] : [],
  );
}

function fills(nodes: readonly GraphNode[], target: object): boolean {
  return nodes.some(({ sideOutputs }) => sideOutputs.includes(target));
}

function reach(end: GraphNode | undefined): GraphNode[] {
  const seen = new Set<GraphNode>();
  const visit = (node: GraphNode): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const input of node.inputs) visit(input);
  };
  if (end !== undefined) visit(end);
  return [...seen];
}
