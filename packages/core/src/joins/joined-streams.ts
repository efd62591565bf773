import { SluiceError } from '@sluice/connector-sdk';
import type { Observable } from 'rxjs';
import { type InputKind, type OperatorOptions, type StreamNode, settingsOf } from '../graph/node.js';
import { type DataStream, nodeOf, streamOf } from '../stream/data-stream.js';
import type { StreamObserver } from '../stream/element.js';
import { MultiInput } from '../stream/multi-input.js';
import type { KeyRegister, OperatorContext } from '../stream/operator.js';

/** Makes the two inputs of a join, each with the register of its keys. */
export type CreateJoin = (
  context: OperatorContext,
  keys: readonly [left: KeyRegister, right: KeyRegister],
  out: StreamObserver<never>,
) => readonly [left: StreamObserver<unknown>, right: StreamObserver<unknown>];

export interface JoinDescription {
  /** The operator's name as the user wrote it. */
  readonly component: string;
  readonly options: OperatorOptions;
  readonly eventTime: boolean;
  readonly sideOutputs: readonly object[];
  readonly create: CreateJoin;
}

/** The stream of two keyed streams joined. */
export function joinStreams<O>(
  left: Observable<unknown>,
  right: Observable<unknown>,
  { component, options, eventTime, sideOutputs, create }: JoinDescription,
): DataStream<O> {
  return streamOf<O>({
    kind: component,
    inputs: [keyedNode(component, 'left', left), keyedNode(component, 'right', right)],
    settings: settingsOf(options),
    stateful: true,
    expects: 'keyed',
    needsTimestamps: eventTime,
    sideOutputs,
    role: {
      type: 'multiInput',
      create: (context, inputs, out) => create(context, [registerOf(inputs, 0), registerOf(inputs, 1)], out),
    },
  });
}

function registerOf(inputs: readonly InputKind[], place: number): KeyRegister {
  return (inputs[place] as InputKind).key;
}

/** Both inputs of a join as one; `signals` is what stands behind them. */
export function joinedInputs(component: string, signals: () => Omit<StreamObserver<never>, 'next'>): MultiInput {
  return new MultiInput(
    2,
    {
      watermark: (timestamp) => signals().watermark(timestamp),
      barrier: (barrier) => signals().barrier(barrier),
      status: (idle) => signals().status(idle),
      error: (error) => signals().error(error),
      complete: () => signals().complete(),
    },
    component,
  );
}

/**
 * A stream that is known not to be keyed is refused here; what a plain Observable or a stock operator gives is looked at when it
 * comes.
 */
function keyedNode(component: string, side: string, stream: Observable<unknown>): StreamNode {
  if (typeof stream?.subscribe !== 'function') throw notKeyed(component, side, `${stream}`);
  const node = nodeOf(stream);
  const unknown = node.role.type === 'observable' || node.role.type === 'stock' || node.role.type === 'feed';
  if (node.gives === 'keyed' || node.keepsKey || unknown) return node;
  throw notKeyed(component, side, `what ${node.kind} gives`);
}

function notKeyed(component: string, side: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_NOT_KEYED',
    component,
    expected: `a keyed stream on the ${side}`,
    actual,
    remedy: 'put keyBy behind both streams, with keys of the same kind',
  });
}
