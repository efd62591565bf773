import type { Observable, OperatorFunction } from 'rxjs';
import type { OperatorOptions } from '../graph/node.js';
import { option } from '../options/option.js';
import type { Keyed } from '../stream/element.js';
import { specialise } from '../stream/specialise.js';
import type { WindowAssigner } from '../windows/window-assigner.js';
import type { EmitWindow } from './fired-sides.js';
import {
  type JoinCall,
  type JoinContext,
  type JoinKind,
  type JoinSide,
  joinCall,
  type Project,
} from './join-context.js';
import { outerSides } from './join-option.js';
import { joinStreams } from './joined-streams.js';
import { createJoinedWindows } from './joined-windows.js';

export interface WindowJoinOptions<W, Kind extends JoinKind> extends OperatorOptions {
  /** `tumbling`, `sliding`, `session` or one of your own; by event or processing time. */
  readonly window: WindowAssigner<unknown, W>;
  /** Whose elements are emitted when the other side of their window is empty; `inner` by default: nobody's. */
  readonly kind?: Kind;
}

/**
 * Pairs the elements of two streams that have the same key and are in the same window: each left one with each right one. Emits the
 * pairs of a window at its end, with its last millisecond as timestamp; with sliding windows a pair comes once for each window that it
 * is in.
 *
 * With `kind` the elements of a window whose other side is empty are emitted with `undefined` in the place of a partner. Sessions are
 * made by the elements of both sides together.
 *
 * An element whose windows the watermark has all ended is dropped and counted (`late_elements_dropped`).
 *
 * State: the elements of live windows, freed at their end; the watermarks of both inputs.
 *
 * @param right The other stream, keyed in the same way; it may be this stream itself.
 * @param options `window`, `kind`.
 * @param project Makes the result of a pair; `context.window` is the window.
 * @throws SLUICE_OPTION; SLUICE_WINDOW_OPTION for count and global windows, which no clock ends; SLUICE_NOT_KEYED; SLUICE_NO_TIMESTAMPS
 * for windows of event time without timestamps
 * @see Apache Flink, `DataStream.join(...).window(...)`; the outer kinds as its `coGroup` would be used for them
 *
 * @example
 * orders$.pipe(
 *   keyBy((order) => order.id),
 *   windowJoin(
 *     payments$.pipe(keyBy((payment) => payment.order)),
 *     { window: tumbling('10s'), kind: 'left' },
 *     (order, payment, { window }) => ({ id: order.id, paid: payment?.paid ?? 0, from: window.start }),
 *   ),
 * );
 */
export function windowJoin<K, L, RI, W, O, Kind extends JoinKind = 'inner'>(
  right: Observable<Keyed<K, RI>>,
  options: WindowJoinOptions<W, Kind>,
  project: (
    left: JoinSide<Kind, 'left', L>,
    right: JoinSide<Kind, 'right', NoInfer<RI>>,
    context: JoinContext<NoInfer<K>, NoInfer<W>>,
  ) => O,
): OperatorFunction<Keyed<K, L>, O> {
  const component = 'windowJoin';
  option.object(component, 'options', options);
  option.callback(component, 'project', project);
  const outer = outerSides(component, options.kind);
  const create = createJoinedWindows(
    component,
    options.window,
    (out) =>
      specialise(emitPairs)(
        project as unknown as Project,
        out.next as (value: unknown, timestamp: number) => void,
        joinCall(),
        outer.left,
        outer.right,
      ),
    outer,
  );
  return (source) =>
    joinStreams<O>(source, right, {
      component,
      options,
      eventTime: options.window.time === 'event',
      sideOutputs: [],
      create,
    });
}

/** Closed. */
export function emitPairs(
  project: Project,
  emit: (value: unknown, timestamp: number) => void,
  call: JoinCall,
  leftAlone: boolean,
  rightAlone: boolean,
): EmitWindow {
  return ({ key, window, value: { left, right } }, timestamp) => {
    call.key = key;
    call.window = window;
    call.timestamp = timestamp;
    if (left !== undefined && right !== undefined) {
      for (const one of left) for (const other of right) emit(project(one, other, call), timestamp);
    } else if (left !== undefined) {
      if (leftAlone) for (const one of left) emit(project(one, undefined, call), timestamp);
    } else if (right !== undefined && rightAlone) {
      for (const other of right) emit(project(undefined, other, call), timestamp);
    }
  };
}
