import { type Duration, milliseconds, SluiceError } from '@sluice/connector-sdk';

/** When a failed job is started again. Made by `noRestart`, `fixedDelay`, `failureRate` or `exponentialDelay`. */
export interface RestartStrategy {
  readonly kind: string;
}

/** Counts the failures of one run of a job, from its subscription to its end. */
export interface RestartTracker {
  /**
   * To be told each failure once.
   *
   * @param failureTime When it failed, in epoch ms.
   * @param random From 0 to below 1.
   * @returns the milliseconds to wait before the next start, or undefined to give up.
   */
  next(failureTime: number, random: () => number): number | undefined;
}

const BRAND = Symbol.for('@sluice/core.RestartStrategy');

interface TrackingStrategy extends RestartStrategy {
  readonly [BRAND]: () => RestartTracker;
}

/**
 * Never starts a failed job again: its first failure is its error. The default without checkpoints.
 *
 * @example
 * createJob('import', flow, { restart: noRestart() });
 */
export function noRestart(): RestartStrategy {
  return strategy('none', () => ({ next: () => undefined }));
}

/**
 * Starts a failed job again after the same delay, so many times in all.
 *
 * @param options `attempts`: how many restarts, from 0; 1 unless given. `delay`: the wait before each; 1 s unless given.
 * @throws SLUICE_OPTION for a value out of range; SLUICE_DURATION for what is no duration.
 *
 * Semantics: Flink's fixed-delay restart strategy.
 *
 * @example
 * createJob('revenue', flow, { restart: fixedDelay({ attempts: 3, delay: '5s' }) });
 */
export function fixedDelay(options: { readonly attempts?: number; readonly delay?: Duration } = {}): RestartStrategy {
  const attempts = count('fixedDelay', 'attempts', options.attempts ?? 1, 0);
  const delay = wait('fixedDelay', 'delay', options.delay ?? '1s', 0);
  return strategy('fixedDelay', () => {
    let made = 0;
    return { next: () => (++made <= attempts ? delay : undefined) };
  });
}

/**
 * Starts a failed job again after the same delay, until it fails more often than the rate allows.
 *
 * @param options `max`: how many restarts within `per`, from 1; 1 unless given. `per`: 1 min unless given. `delay`: the wait before each
 * restart; 1 s unless given.
 * @throws SLUICE_OPTION for a value out of range; SLUICE_DURATION for what is no duration.
 *
 * Semantics: Flink's failure-rate restart strategy: it gives up at a failure when the `max`th failure before it is no more than `per` ago.
 *
 * @example
 * createJob('revenue', flow, { restart: failureRate({ max: 3, per: '5m', delay: '10s' }) });
 */
export function failureRate(
  options: { readonly max?: number; readonly per?: Duration; readonly delay?: Duration } = {},
): RestartStrategy {
  const max = count('failureRate', 'max', options.max ?? 1, 1);
  const per = wait('failureRate', 'per', options.per ?? '1m', 1);
  const delay = wait('failureRate', 'delay', options.delay ?? '1s', 0);
  return strategy('failureRate', () => {
    const failures: number[] = [];
    return {
      next(failureTime) {
        failures.push(failureTime);
        if (failures.length <= max) return delay;
        const earliest = failures.length === max + 1 ? failures.shift() : undefined;
        return earliest !== undefined && failureTime - earliest > per ? delay : undefined;
      },
    };
  });
}

/**
 * Starts a failed job again after a delay that grows with each failure and begins anew after a time without one. The default with
 * checkpoints.
 *
 * @param options `initial`: the first delay, 1 s unless given. `max`: the longest, 1 min unless given. `multiplier`: from one delay to the next,
 * above 1; 1.5 unless given. `jitter`: the part of a delay, from 0 to 1, by which it is made longer or shorter at random; 0.1 unless given.
 * `resetAfter`: how long the job must have run without a failure to begin with `initial` again; 1 h unless given. `attempts`: how many restarts
 * until then; without end unless given.
 * @throws SLUICE_OPTION for a value out of range; SLUICE_DURATION for what is no duration.
 *
 * Semantics: Flink's exponential-delay restart strategy.
 *
 * @example
 * createJob('revenue', flow, { restart: exponentialDelay({ initial: '500ms', max: '30s' }) });
 */
export function exponentialDelay(
  options: {
    readonly initial?: Duration;
    readonly max?: Duration;
    readonly multiplier?: number;
    readonly jitter?: number;
    readonly resetAfter?: Duration;
    readonly attempts?: number;
  } = {},
): RestartStrategy {
  const name = 'exponentialDelay';
  const initial = wait(name, 'initial', options.initial ?? '1s', 1);
  const max = wait(name, 'max', options.max ?? '1m', initial);
  const resetAfter = wait(name, 'resetAfter', options.resetAfter ?? '1h', 1);
  const multiplier = options.multiplier ?? 1.5;
  if (!(multiplier > 1 && Number.isFinite(multiplier)))
    throw refused(name, 'multiplier', 'a number above 1', multiplier);
  const jitter = options.jitter ?? 0.1;
  if (!(jitter >= 0 && jitter <= 1)) throw refused(name, 'jitter', 'a number from 0 to 1', jitter);
  const attempts = options.attempts === undefined ? Infinity : count(name, 'attempts', options.attempts, 0);
  return strategy(name, () => {
    let made = 0;
    let base = initial;
    let last: number | undefined;
    return {
      next(failureTime, random) {
        const calm = last === undefined || failureTime - last >= resetAfter + base;
        base = calm ? initial : Math.min(base * multiplier, max);
        made = calm ? 1 : made + 1;
        last = failureTime;
        if (made > attempts) return undefined;
        const offset = Math.floor(base * jitter);
        return Math.min(Math.round(base) - offset + Math.floor(random() * (2 * offset + 1)), max);
      },
    };
  });
}

/** @throws SLUICE_OPTION for an object that none of the functions here has made. */
export function createTracker(restart: RestartStrategy): RestartTracker {
  const create = (restart as Partial<TrackingStrategy>)[BRAND];
  if (create !== undefined) return create();
  throw new SluiceError({
    code: 'SLUICE_OPTION',
    component: 'createJob',
    expected: 'a restart strategy',
    actual: `one of kind ${JSON.stringify(restart.kind)} that was made by hand`,
    remedy: 'make it with noRestart(), fixedDelay(), failureRate() or exponentialDelay()',
  });
}

function strategy(kind: string, create: () => RestartTracker): RestartStrategy {
  const made: TrackingStrategy = { kind, [BRAND]: create };
  return made;
}

function count(component: string, option: string, value: number, least: number): number {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= least)) return value;
  throw refused(component, option, `a whole number from ${least}, or Infinity`, value);
}

function wait(component: string, option: string, value: Duration, least: number): number {
  const ms = milliseconds(value);
  if (ms >= least) return ms;
  throw refused(component, option, `a duration of at least ${least} ms`, value);
}

function refused(component: string, option: string, expected: string, actual: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_OPTION',
    component,
    expected: `${expected} as \`${option}\``,
    actual: String(actual),
    remedy: `change \`${option}\``,
  });
}
