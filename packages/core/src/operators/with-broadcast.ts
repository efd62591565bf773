import type { Observable, OperatorFunction } from 'rxjs';
import { type OperatorOptions, settingsOf } from '../graph/node.js';
import { option, requireStream } from '../options/option.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import { broadcastInput } from './broadcast-input.js';
import { createWithBroadcast } from './with-broadcast-input.js';

export interface WithBroadcastOptions<C> extends OperatorOptions {
  /** Given to elements that come before the first control value. */
  readonly initial?: C;
}

const MOST_HELD = 1_000_000;

/**
 * Each element beside the latest value of a control stream, the same for all keys: the counterpart of rxjs `withLatestFrom`. Emits what
 * `project` returns at once, with the timestamp of the element; a control value emits nothing.
 *
 * Elements that come before the first control value are given `initial`. Without it they are kept, and go on in their order once there
 * is a value, with the watermark behind them: dropping them, as `withLatestFrom` does, would lose data to the chance of which stream is
 * faster. A control stream that ends without a value, or keeps a million elements waiting, fails the job.
 *
 * Event time is the least of both inputs, that of an idle one left out: a control stream that is seldom heard of needs timestamps with
 * `idleAfter`, or it holds everything behind the operator back. In which order both come is as in `processBroadcast`.
 *
 * Works on keyed streams too: elements come as `{ key, value }`, and the stream stays keyed if such elements are returned
 * (`{ ...bid, value }`).
 *
 * State: the latest control value, the elements that wait, which must be plain data, and the watermarks of both inputs.
 *
 * @param control Any stream; a keyed one comes as its `{ key, value }` elements.
 * @param options.initial what elements are given before the first control value; not kept in state
 * @throws SLUICE_OPTION for what cannot be
 * @throws SLUICE_BROADCAST_MISSING when there is no control value for the elements that have come
 * @see Apache Flink, the broadcast state pattern with one entry, whose functions keep early elements in state in the same way
 *
 * @example
 * bids$.pipe(withBroadcast(rates$, (bid, rate) => ({ ...bid, euros: bid.price * rate }), { initial: 1 }));
 */
export function withBroadcast<T, C, R>(
  control: Observable<C>,
  project: (value: T, latest: NoInfer<C>) => R,
  options: WithBroadcastOptions<NoInfer<C>> = {},
): OperatorFunction<T, R> {
  requireStream('withBroadcast', 'control', control);
  option.callback('withBroadcast', 'project', project);
  option.object('withBroadcast', 'options', options);
  const initial = 'initial' in options ? { value: options.initial } : undefined;
  return (source) =>
    streamOf<R>({
      kind: 'withBroadcast',
      inputs: [nodeOf(source), broadcastInput(control, 'plain')],
      settings: settingsOf(options),
      stateful: true,
      role: {
        type: 'multiInput',
        create: (context, _inputs, out) =>
          createWithBroadcast(
            { project: project as (value: unknown, latest: unknown) => unknown, initial, mostHeld: MOST_HELD },
            context,
            out,
          ),
      },
    });
}
