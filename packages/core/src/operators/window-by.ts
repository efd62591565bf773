import type { Duration } from '@sluice/connector-sdk';
import type { OperatorFunction } from 'rxjs';
import { type OperatorOptions, settingsOf } from '../graph/node.js';
import { requireSideOutput } from '../options/option.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed, Windowed } from '../stream/element.js';
import { type SideTarget, targetOf } from '../stream/side-target.js';
import type { Evictor } from '../windows/evictor.js';
import type { Trigger } from '../windows/trigger.js';
import type { WindowAssigner } from '../windows/window-assigner.js';
import { type CreateWindows, createWindowOperator } from './window.js';

export interface WindowOptions<T, W> extends OperatorOptions {
  /** When windows fire; at their end by default. */
  readonly trigger?: Trigger<T, W>;
  /** Removes elements when a window fires; nothing is aggregated before then. */
  readonly evictor?: Evictor<T>;
  /** How long late elements are still taken after the end of a window of event time, each with a new result; 0 by default. */
  readonly allowedLateness?: Duration;
  /** Elements too late for every window. Without it they are dropped and counted. */
  readonly late?: SideTarget<T>;
}

/**
 * Collects the elements of each key in windows and emits those that fire: with all their elements, or, with `aggregate` behind it, one
 * result, for which no elements are kept. Results have the window's last millisecond as timestamp, those of windows without an end the
 * timestamp of the element that fired them.
 *
 * A window fires when the watermark (or the clock) reaches its end, and is then forgotten, or `allowedLateness` later. An element that
 * comes meanwhile fires it again. An element is late when no window takes it and its timestamp + `allowedLateness` is not after the
 * watermark.
 *
 * State: per key its live windows; in event time the watermark too, so that nothing is un-late after a restore. Processing time windows
 * that are still open when the input ends are not emitted.
 *
 * @param assigner `tumbling`, `sliding`, `session`, `dynamicSession`, `tumblingCount`, `slidingCount`, `globalWindow` or one of your own.
 * @param options Trigger, evictor, allowed lateness, late output.
 * @throws SLUICE_WINDOW_OPTION for options that do not fit; SLUICE_NO_TIMESTAMPS when event time has no timestamps
 * @see Apache Flink, `WindowOperator`
 *
 * @example
 * clicks$.pipe(keyBy((click) => click.user), windowBy(tumbling('1m')), aggregate(sumOf((click) => click.ms)));
 */
export function windowBy<K, T, W>(
  assigner: WindowAssigner<NoInfer<T>, W>,
  options: WindowOptions<NoInfer<T>, NoInfer<W>> = {},
): OperatorFunction<Keyed<K, T>, Windowed<K, T, W>> {
  const create = createWindows('windowBy', assigner, options, true);
  return (source) =>
    streamOf<Windowed<K, T, W>>({
      kind: 'windowBy',
      inputs: [nodeOf(source)],
      settings: settingsOf(options),
      stateful: true,
      expects: 'keyed',
      needsTimestamps: assigner.time === 'event',
      sideOutputs: sideOutputsOf(options),
      role: { type: 'window', create: create as never },
    });
}

/** The window operator of options that name side outputs as users do. */
export function createWindows<T, W>(
  component: string,
  assigner: WindowAssigner<T, W>,
  { late, ...options }: WindowOptions<T, W>,
  keyed: boolean,
): CreateWindows {
  requireSideOutput(component, 'late', late);
  return createWindowOperator(component, assigner, { ...options, ...(late && { late: targetOf(late) }) }, keyed);
}

export function sideOutputsOf({ late }: { readonly late?: SideTarget<never> | undefined }): readonly object[] {
  return late === undefined ? [] : [targetOf(late)];
}
