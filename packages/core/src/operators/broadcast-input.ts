import type { Observable } from 'rxjs';
import { node, type Shape, type StreamNode } from '../graph/node.js';
import { nodeOf } from '../stream/data-stream.js';

/**
 * The control stream as an input of an operator: a shuffle that gives every subtask all of it. Its elements come in the shape in which
 * the operator takes those of its other input.
 */
export function broadcastInput(control: Observable<unknown>, shape: Shape): StreamNode {
  return node({
    kind: 'broadcast',
    inputs: [nodeOf(control)],
    gives: shape,
    shuffles: true,
    leads: true,
    role: { type: 'operator', create: (_context, out) => out },
  });
}
