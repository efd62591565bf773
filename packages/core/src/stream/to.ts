import { type Rejected, type Sink, SluiceError } from '@sluice/connector-sdk';
import type { OperatorFunction } from 'rxjs';
import { type OperatorOptions, settingsOf } from '../graph/node.js';
import { requireSideOutput } from '../options/option.js';
import { nodeOf, streamOf } from './data-stream.js';
import { type SideTarget, targetOf } from './side-target.js';

export interface ToOptions<T> extends OperatorOptions {
  /** Elements that the system refuses for good, each with its cause; without it the first one fails the job. */
  readonly rejected?: SideTarget<Rejected<T>>;
}

/**
 * Ends a flow: each element goes into the sink. What that guarantees is the sink's `guarantee`; `createJob` takes nothing but flows that
 * end like this. Keeps a transactional sink's committables in each checkpoint.
 *
 * @throws SLUICE_SINK when what is given is no sink
 *
 * @example
 * totals$.pipe(to(postgresSink({ connectionString, table: 'totals', columns: { user: (t) => t.user } })));
 */
export function to<T>(sink: Sink<T>, options: ToOptions<T> = {}): OperatorFunction<T, never> {
  if (sink?.specVersion !== 1 || typeof sink.open !== 'function') {
    throw new SluiceError({
      code: 'SLUICE_SINK',
      component: 'to',
      expected: 'a sink of specVersion 1',
      actual:
        sink === null
          ? 'null'
          : `${typeof sink} of specVersion ${String((sink as { specVersion?: unknown } | undefined)?.specVersion)}`,
      remedy: 'give it what a connector, callbackSink or defineSink made',
    });
  }
  requireSideOutput('to', 'rejected', options.rejected);
  const rejected = options.rejected === undefined ? undefined : targetOf(options.rejected);
  return (source) =>
    streamOf<never>({
      kind: 'sink',
      inputs: [nodeOf(source)],
      role: { type: 'sink', sink: sink as Sink<unknown>, rejected },
      settings: { name: sink.name, ...settingsOf(options) },
      stateful: true,
      sideOutputs: rejected === undefined ? [] : [rejected],
    });
}
