import type { Observable } from 'rxjs';
import { node, type Shape, type StreamNode } from '../graph/node.js';
import { isDataStream, nodeOf } from '../stream/data-stream.js';
import { wrongOption } from './operator-option.js';

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

/** @throws SLUICE_OPTION for what is no stream. */
export function streamOption(component: string, option: string, stream: unknown): void {
  if (isDataStream(stream)) return;
  if (typeof (stream as Observable<unknown> | undefined)?.subscribe === 'function') return;
  throw wrongOption(component, option, 'an Observable', stream);
}
