import type { Observable, Operator, Subscriber } from 'rxjs';
import { type NodeDescription, node, type StreamNode } from '../graph/node.js';
import { Bench, type BenchOptions } from '../task/bench.js';
import { runInPlace } from '../task/run-in-place.js';
import { LiftedObservable, type StockOperator } from './rxjs-bridge.js';

/** Set on every stream, whichever copy of this package made it. */
const NODE = Symbol.for('@sluice/core/node');

/** How the testing package makes streams of its own: a property of the class of any stream. */
const STREAM_OF = Symbol.for('@sluice/core/stream-of');

/** How the testing package runs a stream by hand: another one. */
const OPEN_BENCH = Symbol.for('@sluice/core/open-bench');

let create: <T>(node: StreamNode) => DataStream<T>;

/**
 * An Observable with event time and barriers. Subscribed as a plain Observable it gives the values, run in place without checkpoints;
 * subscribed by an operator of this package it gives watermarks and barriers too, in order, between the values.
 *
 * It declares no `pipe` of its own: with more overloads than rxjs' nine, inference of a long pipe breaks.
 */
export class DataStream<T> extends LiftedObservable<T> {
  private constructor(node: StreamNode) {
    super();
    Object.defineProperty(this, NODE, { value: node });
  }

  static {
    create = (described) => new DataStream(described);
    Object.defineProperty(DataStream, STREAM_OF, { value: streamOf });
    Object.defineProperty(DataStream, OPEN_BENCH, { value: openBench });
  }

  protected override start(subscriber: Subscriber<T>): () => void {
    return runInPlace(nodeOf(this), subscriber as Subscriber<unknown>);
  }

  protected override lifted<R>(operator: Operator<T, R>): DataStream<R> {
    const input = nodeOf(this);
    return create(
      node({
        kind: 'stock',
        inputs: [input],
        role: { type: 'stock', operator: operator as unknown as StockOperator },
        expects: 'plain',
        keepsKey: input.gives === 'keyed' || input.keepsKey,
      }),
    );
  }
}

export function streamOf<T>(description: NodeDescription): DataStream<T> {
  return create<T>(node(description));
}

function openBench(stream: Observable<unknown>, options: BenchOptions): Bench {
  return new Bench(nodeOf(stream), options);
}

/** The node of a stream; a plain Observable becomes a source that is neither replayable nor pausable. */
export function nodeOf(stream: Observable<unknown>): StreamNode {
  const own = (stream as { [NODE]?: StreamNode })[NODE];
  if (own !== undefined) return own;
  const known = plain.get(stream);
  if (known !== undefined) return known;
  const made = node({
    kind: 'observable',
    inputs: [],
    role: { type: 'observable', input: stream, buffer: DEFAULT_BUFFER, overflow: 'fail', declared: false },
  });
  plain.set(stream, made);
  return made;
}

/** A plain Observable used twice is one node, as a stream is. */
const plain = new WeakMap<object, StreamNode>();

/** Elements that a source which cannot be paused may have waiting. */
export const DEFAULT_BUFFER = 65_536;

export function isDataStream(stream: unknown): stream is DataStream<unknown> {
  return typeof stream === 'object' && stream !== null && NODE in stream;
}
