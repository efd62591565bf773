import type { Graph } from './graph.js';
import type { StreamNode } from './node.js';

/**
 * The sources of control streams that end: they are read before all others, so that a batch of elements meets all of its rules. One
 * whose control stream has a source without an end as well takes its turn with the others.
 */
export function leadingSources(graph: Graph): ReadonlySet<StreamNode> {
  const leading = new Set<StreamNode>();
  for (const node of graph.nodes) {
    if (!node.leads) continue;
    const sources = sourcesOf(graph, node, new Set());
    if (sources.every(({ role }) => role.type === 'source' && role.source.bounded))
      for (const source of sources) leading.add(source);
  }
  return leading;
}

function sourcesOf(graph: Graph, node: StreamNode, seen: Set<StreamNode>): StreamNode[] {
  if (seen.has(node)) return [];
  seen.add(node);
  const inputs = graph.inputsOf(node);
  return inputs.length === 0 ? [node] : inputs.flatMap((input) => sourcesOf(graph, input, seen));
}
