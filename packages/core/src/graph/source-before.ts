import type { Graph } from './graph.js';
import type { StreamNode } from './node.js';

/** The source whose splits an operator sees: the one it stands behind with nothing but stateless single-input operators between. */
export function sourceBefore(graph: Graph, node: StreamNode): StreamNode | undefined {
  let at = node;
  for (;;) {
    const inputs = graph.inputsOf(at);
    const [only] = inputs;
    if (only === undefined || inputs.length !== 1) return undefined;
    if (only.inputs.length === 0 && only.role.type !== 'sideOutput') return only;
    if (only.stateful || (only.role.type !== 'stock' && only.role.type !== 'operator')) return undefined;
    at = only;
  }
}
