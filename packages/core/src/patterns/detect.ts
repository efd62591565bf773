import type { OperatorFunction } from 'rxjs';
import { type OperatorOptions, settingsOf } from '../graph/node.js';
import { option, requireSideOutput } from '../options/option.js';
import { nodeOf, streamOf } from '../stream/data-stream.js';
import type { Keyed } from '../stream/element.js';
import type { CreateOperator } from '../stream/operator.js';
import { type SideTarget, targetOf } from '../stream/side-target.js';
import { createDetect, type Project } from './detect-input.js';
import { type Pattern, type PatternStart, stepsOf } from './pattern.js';
import { type AfterMatch, checkSkip, checkTime } from './skip.js';

/** A match that had begun when its time was over. */
export interface TimedOutMatch<K, N extends string, T> {
  readonly key: K;
  /** What had been taken; steps that had not been reached are empty. */
  readonly match: Readonly<Record<N, readonly T[]>>;
}

export interface DetectOptions<K, N extends string, T> extends OperatorOptions {
  /**
   * Which other matches a match rules out: none ('noSkip', the default); those that begin with the same element ('skipToNext'); those
   * that begin with one of its elements or between them ('skipPastLast'); those that begin before the first or the last element of one
   * of its steps. With any of them but 'noSkip', a match waits for those that have begun earlier.
   */
  readonly afterMatch?: AfterMatch<N>;
  /** Matches that had begun when their `within` was over. */
  readonly timedOut?: SideTarget<TimedOutMatch<K, N, T>>;
  /** Elements that come behind the watermark. Without it they are dropped and counted. */
  readonly late?: SideTarget<T>;
  /** 'processing': elements count in the order and at the time of their arrival. */
  readonly time?: 'event' | 'processing';
}

/**
 * Finds patterns among the elements of each key, in the order of event time, and emits what `project` makes of each match. A match is
 * emitted when the watermark has passed its last element, with that element's timestamp; one that ends in `notFollowedBy` when its time
 * is over, with that time. All matches are found, overlapping ones too, unless `afterMatch` says otherwise.
 *
 * State: per key the elements in front of the watermark, and the matches that have begun: until `within` is over, for ever without it.
 * The elements must be plain data. A changed pattern cannot go on from the state of the old one.
 *
 * @param pattern builds the pattern: `begin`, then `next`, `followedBy`, `notFollowedBy`, `times`, `consecutive`, `optional`, `within`
 * @param project what is emitted of a match; each step has the elements that it has taken, none when it was left out
 * @param options skipping after a match, side outputs, the kind of time
 * @throws SLUICE_PATTERN when the pattern cannot be matched as it stands; SLUICE_OPTION; SLUICE_NO_TIMESTAMPS when event time has no
 * timestamps
 * @see Apache Flink, CEP library
 *
 * @example
 * logins$.pipe(
 *   keyBy((login) => login.user),
 *   detect(
 *     (p) => p.begin('failed', (login) => !login.ok).times(3).followedBy('entered', (login) => login.ok).within('1m'),
 *     ({ failed, entered }, user) => ({ user, tries: failed.length, at: entered[0]?.at }),
 *   ),
 * );
 */
export function detect<K, T, N extends string, R>(
  pattern: (start: PatternStart<T>) => Pattern<NoInfer<T>, N>,
  project: (match: Readonly<Record<N, readonly T[]>>, key: NoInfer<K>) => R,
  options: DetectOptions<NoInfer<K>, NoInfer<N>, NoInfer<T>> = {},
): OperatorFunction<Keyed<K, T>, R> {
  const steps = stepsOf(pattern);
  option.callback('detect', 'project', project);
  requireSideOutput('detect', 'late', options.late);
  requireSideOutput('detect', 'timedOut', options.timedOut);
  const { late, timedOut, time = 'event', afterMatch = 'noSkip' } = options;
  const create = createDetect(steps, project as Project, {
    skip: checkSkip(afterMatch, steps.steps),
    time: checkTime(time),
    late: late && targetOf(late),
    timedOut: timedOut && targetOf(timedOut),
  });
  return (source) =>
    streamOf<R>({
      kind: 'detect',
      inputs: [nodeOf(source)],
      settings: settingsOf(options),
      stateful: true,
      expects: 'keyed',
      needsTimestamps: time === 'event',
      sideOutputs: [late, timedOut].flatMap((target) =>
        target === undefined ? [] : [targetOf(target as SideTarget<never>)],
      ),
      role: { type: 'operator', create: create as CreateOperator },
    });
}
