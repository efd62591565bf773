import { type Duration, milliseconds, SluiceError } from '@sluice/connector-sdk';

/** How a pattern begins. */
export interface PatternStart<T> {
  /** The first step: any element for which `where` answers true begins a match. */
  begin<N extends string>(name: N, where: (value: T) => boolean): Pattern<T, N>;
}

/** Steps that elements of one key have to take, one after the other. */
export interface Pattern<T, Names extends string> {
  /** The very next element of the key must be it. */
  next<N extends string>(name: N, where: (value: T) => boolean): Pattern<T, Names | N>;
  /** The next element for which `where` answers true is it; others in between are passed over. */
  followedBy<N extends string>(name: N, where: (value: T) => boolean): Pattern<T, Names | N>;
  /**
   * No such element may come between the steps before and after it. As the last step it needs `within`: the match is emitted when
   * the time is over and none has come.
   */
  notFollowedBy(where: (value: T) => boolean): Pattern<T, Names>;
  /**
   * The last step is taken `count` times, or from `count` up to `upTo` times (`Infinity` for no bound), other elements in between being
   * passed over. Each number of times that fits gives a match.
   */
  times(count: number, upTo?: number): Pattern<T, Names>;
  /** Between the times of the last step no other element may come. */
  consecutive(): Pattern<T, Names>;
  /** The last step may be left out. Both give a match, with it and without it. */
  optional(): Pattern<T, Names>;
  /** From the first element of a match to its last less time passes than this. The least holds when it is said several times. */
  within(duration: Duration): Pattern<T, Names>;
}

/** One step of a pattern. */
export interface Step {
  readonly name: string;
  readonly where: (value: unknown) => boolean;
  /** No other element between it and the step before. */
  readonly strict: boolean;
  least: number;
  most: number;
  optional: boolean;
  /** No other element between one time and the next. */
  consecutive: boolean;
}

/** A pattern as the matcher takes it. */
export interface Steps {
  readonly steps: readonly Step[];
  /** By the place of a step: what must not come between the step before and it. One more than steps, for the end. */
  readonly forbidden: readonly (readonly ((value: unknown) => boolean)[])[];
  /** Milliseconds; `Infinity` for no bound. */
  readonly within: number;
}

/**
 * Calls the user's builder and checks what it has built.
 *
 * @throws SLUICE_PATTERN when the pattern cannot be matched as it stands
 */
export function stepsOf<T, N extends string>(build: (start: PatternStart<T>) => Pattern<T, N>): Steps {
  if (typeof build !== 'function') throw invalid('a function that builds the pattern', typeof build);
  const builder = new PatternBuilder();
  const built: unknown = build(builder as unknown as PatternStart<T>);
  if (built !== builder) throw invalid('the builder to return the pattern that it was given', typeof built);
  return builder.finish();
}

class PatternBuilder implements Pattern<unknown, string>, PatternStart<unknown> {
  private readonly steps: Step[] = [];
  private readonly forbidden: ((value: unknown) => boolean)[][] = [[]];
  private duration = Number.POSITIVE_INFINITY;
  /** What `times` and `optional` are said of. */
  private last: Step | undefined;

  begin(name: string, where: (value: unknown) => boolean): this {
    if (this.steps.length > 0) throw invalid('one begin(...)', 'a second one');
    return this.add('begin', name, where, false);
  }

  next(name: string, where: (value: unknown) => boolean): this {
    return this.add('next', name, where, true);
  }

  followedBy(name: string, where: (value: unknown) => boolean): this {
    return this.add('followedBy', name, where, false);
  }

  notFollowedBy(where: (value: unknown) => boolean): this {
    if (this.steps.length === 0) throw invalid('begin(...) first', 'notFollowedBy(...)');
    if (typeof where !== 'function') throw invalid('notFollowedBy with a function', typeof where);
    (this.forbidden.at(-1) as unknown[]).push(where);
    this.last = undefined;
    return this;
  }

  times(count: number, upTo: number = count): this {
    const step = this.lastStep('times');
    if (!Number.isSafeInteger(count) || count < 1)
      throw invalid(`times of '${step.name}' to be a whole number from 1`, String(count));
    if (upTo !== Number.POSITIVE_INFINITY && (!Number.isSafeInteger(upTo) || upTo < count)) {
      throw invalid(`the upper bound of '${step.name}' to be a whole number from ${count}, or Infinity`, String(upTo));
    }
    step.least = count;
    step.most = upTo;
    return this;
  }

  consecutive(): this {
    this.lastStep('consecutive').consecutive = true;
    return this;
  }

  optional(): this {
    this.lastStep('optional').optional = true;
    return this;
  }

  within(duration: Duration): this {
    const time = milliseconds(duration);
    if (time <= 0) throw invalid('within to be a time above 0', String(duration));
    this.duration = Math.min(this.duration, time);
    return this;
  }

  finish(): Steps {
    if (this.steps.length === 0) throw invalid('a pattern with at least one step', 'none');
    if (this.steps.every(({ optional }) => optional))
      throw invalid('a step that is not optional', 'optional steps alone: nothing at all would match');
    if (this.mayEndInNot() && this.duration === Number.POSITIVE_INFINITY)
      throw invalid('within(...) in a pattern that may end in notFollowedBy(...)', 'none: no end could be known');
    return { steps: this.steps, forbidden: this.forbidden, within: this.duration };
  }

  /** Behind the last notFollowedBy there is nothing that has to come. */
  private mayEndInNot(): boolean {
    for (let at = this.steps.length; at > 0; at--) {
      if ((this.forbidden[at] as unknown[]).length > 0) return true;
      if (!(this.steps[at - 1] as Step).optional) return false;
    }
    return false;
  }

  private add(how: string, name: string, where: (value: unknown) => boolean, strict: boolean): this {
    if (how !== 'begin' && this.steps.length === 0) throw invalid('begin(...) first', `${how}(...)`);
    if (typeof name !== 'string' || name === '') throw invalid(`${how} with a name`, String(name));
    if (typeof where !== 'function') throw invalid(`${how} '${name}' with a function`, typeof where);
    if (this.steps.some((step) => step.name === name)) throw invalid('names that differ', `two steps named '${name}'`);
    this.last = { name, where, strict, least: 1, most: 1, optional: false, consecutive: false };
    this.steps.push(this.last);
    this.forbidden.push([]);
    return this;
  }

  private lastStep(how: string): Step {
    if (this.last === undefined)
      throw invalid(`a step before ${how}(...)`, this.steps.length === 0 ? 'none' : 'notFollowedBy(...)');
    return this.last;
  }
}

function invalid(expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_PATTERN',
    component: 'detect',
    expected,
    actual,
    remedy: "build the pattern as in: (p) => p.begin('a', isA).followedBy('b', isB).within('1m')",
  });
}
