import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Matcher } from './matcher.js';
import { KeyMatches, type Taken } from './matches.js';
import { type Pattern, type PatternStart, type Steps, stepsOf } from './pattern.js';
import { checkSkip, type Skip } from './skip.js';

interface Found {
  /** The places of the elements by step. */
  readonly places: readonly (readonly number[])[];
  readonly at: number;
}

type Build = (start: PatternStart<string>) => Pattern<string, string>;
const is = (letter: string) => (value: string) => value.startsWith(letter);

/** Matches of one key, element by element; the time goes on to the end at last. */
function run(build: Build, elements: readonly (readonly [value: string, timestamp: number])[], skip: Skip = 'noSkip') {
  const steps = stepsOf(build);
  const matched: Found[] = [];
  const timedOut: Found[] = [];
  const foundOf = (last: Taken, at: number): Found => {
    const places: number[][] = steps.steps.map(() => []);
    for (let taken: Taken | undefined = last; taken !== undefined; taken = taken.previous)
      places[taken.step]?.unshift(taken.number);
    return { places, at };
  };
  const matcher = new Matcher(steps, checkSkip(skip, steps.steps), {
    matched: (last, at) => void matched.push(foundOf(last, at)),
    timedOut: (last, at) => void timedOut.push(foundOf(last, at)),
  });
  // What begins with an element keeps the numbers as places; nothing here is ever forgotten.
  const matches = new KeyMatches();
  for (const [value, timestamp] of elements) matcher.offer(matches, value, timestamp);
  matcher.advance(matches, Number.POSITIVE_INFINITY);
  return { matched, timedOut };
}

/** By name, as the Flink documentation writes them: 'a1 b1 c'. */
function names(build: Build, line: string, skip?: Skip): string[] {
  const values = line.split(' ');
  const { matched } = run(
    build,
    values.map((value, at) => [value, at]),
    skip,
  );
  return matched.map(({ places }) =>
    places
      .flat()
      .map((place) => values[place])
      .join(' '),
  );
}

describe('a pattern', () => {
  it('next takes the very next element or none', () => {
    const build: Build = (p) => p.begin('a', is('a')).next('b', is('b'));
    expect(names(build, 'a1 c b1 a2 b2')).toEqual(['a2 b2']);
  });

  it('followedBy passes over what does not fit, and takes the first that does', () => {
    const build: Build = (p) => p.begin('a', is('a')).followedBy('b', is('b'));
    expect(names(build, 'a1 c b1 b2')).toEqual(['a1 b1']);
    expect(names(build, 'a1 a2 b1')).toEqual(['a1 b1', 'a2 b1']);
  });

  it('a number of times is taken one after the other, from each beginning', () => {
    const build: Build = (p) => p.begin('a', is('a')).times(3).followedBy('b', is('b'));
    expect(names(build, 'a1 a2 c a3 b1')).toEqual(['a1 a2 a3 b1']);
    expect(names(build, 'a1 a2 a3 a4 b1')).toEqual(['a1 a2 a3 b1', 'a2 a3 a4 b1']);
  });

  it('from some to more times gives a match for each', () => {
    const build: Build = (p) =>
      p.begin('a', is('a')).followedBy('b', is('b')).times(1, Infinity).followedBy('c', is('c'));
    expect(names(build, 'a b1 d1 b2 d2 b3 c').sort()).toEqual(['a b1 c', 'a b1 b2 c', 'a b1 b2 b3 c'].sort());
  });

  it('consecutive times suffer nothing in between', () => {
    const build: Build = (p) => p.begin('a', is('a')).times(2).consecutive().followedBy('b', is('b'));
    expect(names(build, 'a1 c a2 a3 d b1')).toEqual(['a2 a3 b1']);
  });

  it('an optional step gives matches with it and without it', () => {
    const build: Build = (p) => p.begin('a', is('a')).followedBy('b', is('b')).optional().followedBy('c', is('c'));
    expect(names(build, 'a b c').sort()).toEqual(['a b c', 'a c'].sort());
    expect(names(build, 'a c')).toEqual(['a c']);
  });

  it('what must not come between ends the match', () => {
    const build: Build = (p) => p.begin('a', is('a')).notFollowedBy(is('x')).followedBy('b', is('b'));
    expect(names(build, 'a1 x a2 b1')).toEqual(['a2 b1']);
  });

  it('at the end, not is known when the time is over', () => {
    const build: Build = (p) => p.begin('order', is('o')).notFollowedBy(is('p')).within(10);
    const { matched } = run(build, [
      ['o1', 0],
      ['p1', 5],
      ['o2', 20],
      ['p2', 30],
    ]);
    expect(matched).toEqual([{ places: [[2]], at: 30 }]);
  });

  it('within is less than, and what is over is told once', () => {
    const build: Build = (p) => p.begin('a', is('a')).times(1, 2).followedBy('b', is('b')).within(10);
    const { matched, timedOut } = run(build, [
      ['a1', 0],
      ['b1', 10],
    ]);
    expect(matched).toEqual([]);
    expect(timedOut).toEqual([{ places: [[0], []], at: 10 }]);
  });
});

describe('after a match', () => {
  const build: Build = (p) => p.begin('b', is('b')).times(1, Infinity).next('c', is('c'));
  it.each<[Skip, string[]]>([
    ['noSkip', ['b1 b2 b3 c', 'b2 b3 c', 'b3 c']],
    ['skipToNext', ['b1 b2 b3 c', 'b2 b3 c', 'b3 c']],
    ['skipPastLast', ['b1 b2 b3 c']],
    [{ skipToFirst: 'b' }, ['b1 b2 b3 c', 'b2 b3 c', 'b3 c']],
    [{ skipToLast: 'b' }, ['b1 b2 b3 c', 'b3 c']],
  ])('%j', (skip, expected) => expect(names(build, 'b1 b2 b3 c', skip).sort()).toEqual(expected.sort()));

  it('one that has begun earlier comes first, and may rule the other out', () => {
    const chain: Build = (p) => p.begin('a', is('a')).followedBy('b', is('b')).followedBy('c', is('c'));
    expect(names(chain, 'a1 a2 b1 c1 a3 b2 c2', 'skipPastLast')).toEqual(['a1 b1 c1', 'a3 b2 c2']);
  });
});

// ── against a model that looks for matches backwards and forwards in the whole line ──────────────

function allMatches({ steps, forbidden, within }: Steps, elements: readonly (readonly [string, number])[]): Found[] {
  const found: Found[] = [];
  const start = (path: readonly Place[]): number => elements[(path[0] as Place).place]?.[1] as number;
  const inTime = (path: readonly Place[], place: number): boolean =>
    (elements[place]?.[1] as number) - start(path) < within;
  const free = (from: number, to: number, conditions: readonly ((value: unknown) => boolean)[]): boolean =>
    elements.slice(from + 1, to + 1).every(([value]) => !conditions.some((where) => where(value)));
  const first = (step: number, after: number): number =>
    elements.findIndex(([value], place) => place > after && steps[step]?.where(value));
  const goOn = (path: readonly Place[], count: number): void => {
    const { place, step } = path.at(-1) as Place;
    const here = steps[step];
    if (here === undefined) return;
    const again = here.consecutive ? place + 1 : first(step, place);
    if (
      count < here.most &&
      again >= 0 &&
      here.where(elements[again]?.[0] ?? '') &&
      inTime(path, again) &&
      free(place, again, forbidden[step + 1] ?? [])
    )
      goOn([...path, { place: again, step }], count + 1);
    if (count < here.least) return;
    for (let next = step + 1; ; next++) {
      const between = forbidden.slice(step + 1, next + 1).flat();
      if (next === steps.length) {
        const end = start(path) + within;
        const last = elements.filter(([, timestamp]) => timestamp < end).length - 1;
        if (between.length === 0) tell(path, elements[place]?.[1] as number);
        else if (free(place, last, between)) tell(path, end);
        return;
      }
      const target = steps[next]?.strict ? place + 1 : first(next, place);
      const fits = target >= 0 && target < elements.length && steps[next]?.where(elements[target]?.[0]);
      if (fits && inTime(path, target) && free(place, target, between))
        goOn([...path, { place: target, step: next }], 1);
      if (!steps[next]?.optional) return;
    }
  };
  const tell = (path: readonly Place[], at: number): void => {
    const places: number[][] = steps.map(() => []);
    for (const { place, step } of path) places[step]?.push(place);
    found.push({ places, at });
  };
  elements.forEach(([value], place) => {
    for (let step = 0; step < steps.length; step++) {
      if (steps[step]?.where(value)) goOn([{ place, step }], 1);
      if (!steps[step]?.optional) break;
    }
  });
  return found;
}

interface Place {
  readonly place: number;
  readonly step: number;
}

interface Shape {
  readonly letter: string;
  readonly how: 'next' | 'followedBy';
  readonly least: number;
  readonly more: number;
  readonly optional: boolean;
  readonly consecutive: boolean;
  readonly not: string | undefined;
}

const letter = fc.constantFrom('a', 'b', 'c', 'd');
const shape: fc.Arbitrary<Shape> = fc.record({
  letter,
  how: fc.constantFrom('next', 'followedBy'),
  least: fc.integer({ min: 1, max: 2 }),
  more: fc.constantFrom(0, 0, 1, Number.POSITIVE_INFINITY),
  optional: fc.boolean(),
  consecutive: fc.boolean(),
  not: fc.option(letter, { nil: undefined, freq: 4 }),
});

function built(shapes: readonly Shape[], within: number): Build {
  return (start) => {
    let pattern: Pattern<string, string> | undefined;
    shapes.forEach(({ letter, how, least, more, optional, consecutive, not }, at) => {
      const name = `${at}${letter}`;
      pattern = pattern === undefined ? start.begin(name, is(letter)) : pattern[how](name, is(letter));
      pattern = pattern.times(least, least + more);
      if (consecutive) pattern = pattern.consecutive();
      if (optional && at > 0) pattern = pattern.optional();
      if (not !== undefined) pattern = pattern.notFollowedBy(is(not));
    });
    return (pattern as Pattern<string, string>).within(within);
  };
}

const line = fc.array(fc.tuple(letter, fc.integer({ min: 0, max: 4 })), { maxLength: 9 }).map((steps) => {
  let time = 0;
  return steps.map(([value, by]) => {
    time += by;
    return [value, time] as const;
  });
});
const text = (found: readonly Found[]): string[] => found.map((one) => JSON.stringify(one)).sort();

it('finds what the model finds', () => {
  fc.assert(
    fc.property(
      fc.array(shape, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 15 }),
      line,
      (shapes, within, elements) => {
        const build = built(shapes, within);
        expect(text(run(build, elements).matched)).toEqual(text(allMatches(stepsOf(build), elements)));
      },
    ),
    { numRuns: 3_000 },
  );
});

it('skips what the model skips', () => {
  const target = (found: Found, skip: Exclude<Skip, string>, steps: Steps): number => {
    const name = 'skipToFirst' in skip ? skip.skipToFirst : skip.skipToLast;
    const places = found.places[steps.steps.findIndex((step) => step.name === name)] ?? [];
    return ('skipToFirst' in skip ? places[0] : places.at(-1)) ?? -1;
  };
  fc.assert(
    fc.property(
      fc.array(shape, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 15 }),
      line,
      fc.constantFrom('next', 'past', 'first', 'last'),
      (shapes, within, elements, how) => {
        // Which of two matches that begin and end together comes first is not said: no skipping to a step that one of them lacks.
        const build = built(
          shapes.map((one, at) => (at === shapes.length - 1 ? { ...one, optional: false, more: 0 } : one)),
          within,
        );
        const steps = stepsOf(build);
        const name = steps.steps.at(-1)?.name as string;
        const skip: Skip =
          how === 'next'
            ? 'skipToNext'
            : how === 'past'
              ? 'skipPastLast'
              : how === 'first'
                ? { skipToFirst: name }
                : { skipToLast: name };
        const first = ({ places }: Found): number => Math.min(...places.flat());
        const last = ({ places }: Found): number => Math.max(...places.flat());
        let left = allMatches(steps, elements).sort((a, b) => first(a) - first(b) || a.at - b.at || last(a) - last(b));
        const expected: number[] = [];
        for (let one = left.shift(); one !== undefined; one = left.shift()) {
          const taken = one;
          expected.push(first(taken));
          left = left.filter((other) => {
            if (skip === 'skipToNext') return first(other) > first(taken);
            if (skip === 'skipPastLast') return first(other) > last(taken);
            return first(other) >= target(taken, skip as Exclude<Skip, string>, steps);
          });
        }
        expect(run(build, elements, skip).matched.map(first)).toEqual(expected);
      },
    ),
    { numRuns: 2_000 },
  );
});
