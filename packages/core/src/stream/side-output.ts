import { shownOption } from '@sluice/connector-sdk';
import { option } from '../options/option.js';
import { type DataStream, streamOf } from './data-stream.js';
import { SIDE_TARGET, type SideTarget } from './side-target.js';

/** Declared like a Subject, filled by one operator, read like any stream. */
export interface SideOutput<T> extends DataStream<T>, SideTarget<T> {}

/**
 * Declares a second output: given to an operator as `late`, `rejected` or `poison`, or filled by `emitTo`, and read as a stream in a flow
 * of the same job. Its watermark is that of the operator that fills it. What is sent to a side output that no flow reads is dropped.
 *
 * @param name shown in the graph and in errors
 * @throws SLUICE_SIDE_OUTPUT when the job that reads it has no operator that fills it
 *
 * @example
 * const late$ = sideOutput<Click>('late-clicks');
 * const counts$ = clicks$.pipe(keyBy((c) => c.user), windowBy(tumbling('1m'), { late: late$ }), aggregate(countOf()));
 */
export function sideOutput<T>(name: string): SideOutput<T> {
  option.require('sideOutput', typeof name === 'string' && name !== '', 'name', 'a name', shownOption(name));
  const target = {};
  const stream = streamOf<T>({
    kind: 'sideOutput',
    inputs: [],
    role: { type: 'sideOutput', target },
    settings: { name },
  });
  return Object.assign(stream, { [SIDE_TARGET]: target, '~accepts': () => {} });
}
