import { type Clock, type Duration, SluiceError, shownOption } from '@sluice/connector-sdk';
import { option } from '../options/option.js';
import type { StreamObserver } from '../stream/element.js';
import type { CreateOperator, OperatorContext } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import type { SourceSplits } from '../stream/splits.js';
import type { AlignmentGroup } from '../time/alignment.js';
import { monotonousTimestamps } from '../time/bounded-out-of-orderness.js';
import { SplitWatermarks } from '../time/split-watermarks.js';
import type { WatermarkGenerator, WatermarkStrategy } from '../time/watermark-strategy.js';
import { captureWatermarks, restoreWatermarks } from './with-timestamps-state.js';

export interface TimestampOptions {
  /** Silence after which a split no longer holds the watermark back. Time held back by backpressure does not count. */
  readonly idleAfter?: Duration;
  /**
   * Splits whose watermark is further ahead of the group's least one than the drift are not read until the others have caught up. Splits
   * of all sources of the job with this `group` count, except those that are idle or have ended: without `idleAfter` a split that has
   * given nothing yet stops all others.
   */
  readonly alignment?: { readonly group: string; readonly maxDrift: Duration };
  /** Time between watermarks; 0 = after each element. By default 200 ms, and no more than 65,536 elements. */
  readonly every?: Duration;
}

const DEFAULT_PERIOD = 200;
/**
 * Elements between watermarks, if no period is asked for: where they come faster than time goes by, as those of a log do, much of it would
 * pass within a period, and all of that would be kept by whoever waits for the watermark.
 */
const DEFAULT_COUNT = 65_536;
/** As good as never, and still a small integer. */
const NEVER = 2 ** 30;
/** Looks at idleness per `idleAfter`: it is noticed at most a quarter of that late. */
const IDLE_CHECKS = 4;

/** The input of `withTimestamps`: values get timestamps, and watermarks by split of the source in front, if there is one. */
export function createWithTimestamps<T>(
  timestampOf: (value: T, sourceTimestamp: number | undefined) => number,
  strategy: WatermarkStrategy<T>,
  options: TimestampOptions = {},
): CreateOperator<T, T> {
  const component = 'withTimestamps';
  option.callback(component, 'timestampOf', timestampOf);
  const isStrategy = typeof (strategy as Partial<WatermarkStrategy<T>> | undefined)?.create === 'function';
  option.require(component, isStrategy, 'watermarks', 'a watermark strategy', shownOption(strategy));
  const periods = checkOptions(component, options);
  return (context, out) => withTimestampsInput(context, out, timestampOf, strategy, periods);
}

/** The input of `withIngestionTime`: the timestamp is the time of the clock, which is not followed when it is set back. */
export function createWithIngestionTime<T>(options: TimestampOptions = {}): CreateOperator<T, T> {
  const periods = checkOptions('withIngestionTime', options);
  return (context, out) => {
    const { clock } = context;
    let newest = Number.NEGATIVE_INFINITY;
    const timestampOf = (): number => {
      const now = clock.now();
      if (now > newest) newest = now;
      return newest;
    };
    return withTimestampsInput(context, out, timestampOf, monotonousTimestamps(), periods);
  };
}

interface Periods {
  readonly every: number;
  /** A watermark comes after so many elements too. */
  readonly count: number;
  readonly idleAfter: number | undefined;
  readonly alignment: { readonly group: string; readonly maxDrift: number } | undefined;
}

/** Years: as long as somebody may mean. */
const LONGEST = Number.MAX_SAFE_INTEGER;

function checkOptions(component: string, options: TimestampOptions): Periods {
  const { every, idleAfter, alignment } = option.object(component, 'options', options);
  return {
    every: every === undefined ? DEFAULT_PERIOD : option.duration(component, 'every', every, 0, LONGEST),
    count: every === undefined ? DEFAULT_COUNT : NEVER,
    idleAfter: idleAfter === undefined ? undefined : option.duration(component, 'idleAfter', idleAfter, 1, LONGEST),
    alignment: alignment && checkAlignment(component, alignment),
  };
}

function checkAlignment(
  component: string,
  alignment: NonNullable<TimestampOptions['alignment']>,
): Periods['alignment'] {
  const { group, maxDrift } = option.object(component, 'alignment', alignment);
  const named = typeof group === 'string' && group !== '';
  option.require(component, named, 'alignment.group', 'a name', shownOption(group));
  return { group, maxDrift: option.duration(component, 'alignment.maxDrift', maxDrift, 0, LONGEST) };
}

function withTimestampsInput<T>(
  context: OperatorContext,
  out: StreamObserver<T>,
  timestampOf: (value: T, sourceTimestamp: number | undefined) => number,
  strategy: WatermarkStrategy<T>,
  { every, count, idleAfter, alignment }: Periods,
): StreamObserver<T> {
  const { clock, task, splits } = context;
  const tracker = new SplitWatermarks(
    strategy,
    { idleAfter, afterEachElement: every === 0, aligned: alignment !== undefined },
    splits.ids,
    splits.watermarks,
  );
  let sent = Number.NEGATIVE_INFINITY;
  if (context.restored !== undefined) {
    const state = restoreWatermarks(context.restored);
    tracker.restore(state);
    sent = state.watermark;
  }
  let idle = false;
  tracker.discover(clock.now());
  context.watchInputs(() => tracker.active());
  if (context.restored !== undefined && Math.abs(tracker.current) < Number.POSITIVE_INFINITY) {
    // Said again, for inputs that wait for the least of several: this one may have nothing more to say for long.
    task.wake(() => {
      sent = tracker.current;
      out.watermark(sent);
    });
  }

  const announce = (): void => {
    if (!tracker.idle) setIdle(false);
    if (tracker.current > sent) {
      sent = tracker.current;
      out.watermark(sent);
    }
    if (tracker.idle) setIdle(true);
    // With no period, nothing else tells those that wait for this input.
    if (every === 0) group?.moved();
  };
  const announcePeriodically = (): void => {
    tracker.periodic();
    announce();
    group?.moved();
  };
  const setIdle = (now: boolean): void => {
    if (idle === now) return;
    idle = now;
    out.status(now);
  };

  splits.ended = (place) => {
    tracker.ended(place);
    announce();
    group?.moved();
  };
  splits.heldBack = (held, place) => {
    if (held) tracker.pausedAt(clock.now(), place);
    else tracker.resumedAt(clock.now(), place);
  };

  const group = alignment && context.alignment.group(alignment.group);
  const drifted = group && alignment && align(group, alignment.maxDrift, tracker, splits, clock);

  const idleEvery = idleAfter === undefined ? Number.POSITIVE_INFINITY : idleAfter / IDLE_CHECKS;
  let nextPeriod = every === 0 ? Number.POSITIVE_INFINITY : clock.now() + every;
  let nextIdleCheck = clock.now() + idleEvery;
  if (every !== 0 || idleAfter !== undefined) {
    task.alarm({
      at() {
        const now = clock.now();
        // A clock that has been set back must not stop watermarks until it is where it was.
        if (every !== 0 && nextPeriod - every > now) nextPeriod = now + every;
        if (nextIdleCheck - idleEvery > now) nextIdleCheck = now + idleEvery;
        return Math.min(nextPeriod, nextIdleCheck);
      },
      ring(now) {
        if (splits.ids.length > tracker.size) tracker.discover(now);
        if (now >= nextPeriod) {
          nextPeriod = now + every;
          tracker.periodic();
        }
        if (now >= nextIdleCheck) {
          nextIdleCheck = now + idleEvery;
          tracker.checkIdle(now, (place) => splits.atHand?.(place) ?? false);
        }
        announce();
        group?.moved();
        return true;
      },
    });
  }

  return {
    next: specialise(assignTimestamps)(
      out.next,
      timestampOf,
      tracker,
      splits,
      () => tracker.discover(clock.now(), splits.current + 1),
      () => setIdle(false),
      announce,
      count === NEVER ? () => {} : announcePeriodically,
      count,
      drifted,
      notATimestamp,
    ) as (value: T, timestamp: number) => void,
    watermark(timestamp) {
      // Watermarks from before are superseded by the ones made here; the end of the input is not.
      if (timestamp < Number.POSITIVE_INFINITY || sent === timestamp) return;
      setIdle(false);
      sent = timestamp;
      out.watermark(timestamp);
    },
    barrier(barrier) {
      barrier.capture(captureWatermarks(context.uid, tracker.capture()));
      out.barrier(barrier);
    },
    status() {},
    error: (error) => out.error(error),
    complete: () => out.complete(),
  };
}

/** Joins the group, lets the loop know which splits wait, and answers what looks at a split after each of its elements. */
function align<T>(
  group: AlignmentGroup,
  maxDrift: number,
  tracker: SplitWatermarks<T>,
  splits: SourceSplits,
  clock: Clock,
): (place: number) => void {
  group.join(() => {
    if (splits.ids.length > tracker.size) tracker.discover(clock.now());
    return splits.known ? tracker.least : Number.NEGATIVE_INFINITY;
  });
  let limit = Number.NEGATIVE_INFINITY;
  const isAhead = (place: number): boolean => {
    limit = group.least() + maxDrift;
    return tracker.watermarkOf(place) > limit;
  };
  splits.ahead = (place, goOn) => {
    const ahead = isAhead(place);
    if (ahead) group.wait(goOn);
    return ahead;
  };
  return (place) => {
    if (tracker.watermarkOf(place) > limit && isAhead(place)) splits.interrupt?.();
  };
}

/** Closed. The element goes on before the watermark that it raises. */
function assignTimestamps<T>(
  emit: (value: T, timestamp: number) => void,
  timestampOf: (value: T, sourceTimestamp: number | undefined) => number,
  tracker: SplitWatermarks<T>,
  splits: SourceSplits,
  discover: () => void,
  wake: () => void,
  announce: () => void,
  announcePeriodically: () => void,
  count: number,
  drifted: ((place: number) => void) | undefined,
  notATimestamp: (timestamp: unknown) => Error,
): (value: T, timestamp: number) => void {
  const { ids } = splits;
  const { simple } = tracker;
  let place = -1;
  let known = -1;
  let generator: WatermarkGenerator<T>;
  let left = count;
  return (value, sourceTimestamp) => {
    const timestamp = timestampOf(value, Number.isNaN(sourceTimestamp) ? undefined : sourceTimestamp);
    if (typeof timestamp !== 'number' || !(timestamp >= -9007199254740991 && timestamp <= 9007199254740991))
      throw notATimestamp(timestamp);
    if (!simple && tracker.idle) wake();
    if (splits.current !== place || ids.length !== known) {
      place = splits.current;
      known = ids.length;
      if (known > tracker.size || place >= tracker.size) discover();
      generator = tracker.generatorOf(place);
    }
    emit(value, timestamp);
    if (simple) {
      const punctuated = generator.onElement(value, timestamp);
      if (punctuated !== undefined && tracker.punctuated(place, punctuated)) announce();
    } else {
      if (tracker.element(place, value, timestamp)) announce();
      if (drifted !== undefined) drifted(place);
    }
    if (--left === 0) {
      left = count;
      announcePeriodically();
    }
  };
}

function notATimestamp(actual: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_TIMESTAMP',
    component: 'withTimestamps',
    expected: 'a number of milliseconds since 1970, within the safe integers',
    actual: typeof actual === 'number' ? String(actual) : typeof actual,
    remedy:
      'return a number for every element: Date.parse or getTime() turn dates into one; filter elements without a time out first',
  });
}
