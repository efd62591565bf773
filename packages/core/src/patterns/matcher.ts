import { type KeyMatches, PartialMatch, Taken } from './matches.js';
import type { Step, Steps } from './pattern.js';
import { removes, type Skip } from './skip.js';

type Condition = (value: unknown) => boolean;

/** Where the matcher tells what it has found, in the order in which it is known. */
export interface MatchEvents {
  /** `at`: the time at which the match was complete. */
  matched(last: Taken, at: number): void;
  /** The time of a match that had begun was over. */
  timedOut(last: Taken, at: number): void;
}

/**
 * Matches the elements of one key against a pattern, in the order of event time. The pure algorithm: it keeps nothing itself.
 *
 * Each element is offered to all matches that have begun. A match that takes it goes on in as many ways as there are steps that may
 * come next: the same step again, the following one, and those behind steps that may be left out. Each way then goes on by itself.
 */
export class Matcher {
  /** By step, what its condition says of the element at hand; undefined when it has not been asked. */
  private readonly answers: (boolean | undefined)[];
  /** By two steps, what must not come between them, those in between being left out. */
  private readonly between: readonly (readonly (readonly Condition[])[])[];

  constructor(
    private readonly pattern: Steps,
    private readonly skip: Skip,
    private readonly events: MatchEvents,
  ) {
    this.answers = pattern.steps.map(() => undefined);
    this.between = pattern.forbidden.map((_, from) =>
      pattern.forbidden.map((_, to) => pattern.forbidden.slice(from + 1, to + 1).flat()),
    );
  }

  /** The first time at which a match that has begun is over; `Infinity` for none. */
  deadline(matches: KeyMatches): number {
    let first = Number.POSITIVE_INFINITY;
    for (const { start } of matches.partial) first = Math.min(first, start);
    return first + this.pattern.within;
  }

  /** Ends matches whose time is over at `time`. */
  advance(matches: KeyMatches, time: number): void {
    const { within, steps } = this.pattern;
    const over = matches.partial.filter(({ start }) => start + within <= time).sort((a, b) => a.start - b.start);
    if (over.length === 0) return;
    matches.partial = matches.partial.filter(({ start }) => start + within > time);
    const told = new Set<Taken>();
    for (const { step, count, last, start, first } of over) {
      if (step === steps.length) this.find(matches, new PartialMatch(step, count, last, start, first), start + within);
      else if (!told.has(last)) this.events.timedOut(last, start + within);
      told.add(last);
    }
    this.release(matches, time);
  }

  /** Offers an element to the matches that have begun, and begins new ones with it. */
  offer(matches: KeyMatches, value: unknown, timestamp: number): void {
    this.advance(matches, timestamp);
    this.answers.fill(undefined);
    const number = matches.number++;
    const before = matches.partial;
    matches.partial = [];
    for (const match of before) {
      const { step, count, last, start, first } = match;
      if (this.isForbidden(match, value)) continue;
      if (step < this.pattern.steps.length && this.fits(step, value)) {
        const taken = new Taken(value, timestamp, number, step, last);
        this.goOn(matches, taken, count + 1, start, first);
      } else if (this.passesOver(step, count)) {
        matches.partial.push(match);
      }
    }
    this.begin(matches, value, timestamp, number);
    this.release(matches, timestamp);
  }

  private begin(matches: KeyMatches, value: unknown, timestamp: number, number: number): void {
    const { steps } = this.pattern;
    for (let step = 0; step < steps.length; step++) {
      if (this.fits(step, value))
        this.goOn(matches, new Taken(value, timestamp, number, step, undefined), 1, timestamp, number);
      if (!(steps[step] as Step).optional) return;
    }
  }

  /** A match has taken an element: all ways in which it may go on. */
  private goOn(matches: KeyMatches, taken: Taken, count: number, start: number, first: number): void {
    const { steps } = this.pattern;
    const { least, most } = steps[taken.step] as Step;
    if (count < most) matches.partial.push(new PartialMatch(taken.step, count, taken, start, first));
    if (count < least) return;
    for (let step = taken.step + 1; step < steps.length; step++) {
      matches.partial.push(new PartialMatch(step, 0, taken, start, first));
      if (!(steps[step] as Step).optional) return;
    }
    const complete = new PartialMatch(steps.length, 0, taken, start, first);
    if ((this.between[taken.step]?.[steps.length]?.length ?? 0) > 0) matches.partial.push(complete);
    else this.find(matches, complete, taken.timestamp);
  }

  private find(matches: KeyMatches, match: PartialMatch, at: number): void {
    if (this.skip === 'noSkip') this.events.matched(match.last, at);
    else matches.found.push(match);
  }

  /** Tells the matches that no other one can rule out any more, by their first and last elements, and drops those that they rule out. */
  private release(matches: KeyMatches, at: number): void {
    for (;;) {
      const [earliest] = matches.found.sort((a, b) => a.first - b.first || a.last.number - b.last.number);
      if (earliest === undefined || matches.partial.some(({ first }) => first < earliest.first)) return;
      matches.found.shift();
      this.events.matched(earliest.last, at);
      const ruledOut = removes(this.skip, earliest.last, this.pattern.steps);
      matches.partial = matches.partial.filter(({ first }) => !ruledOut(first));
      matches.found = matches.found.filter(({ first }) => !ruledOut(first));
    }
  }

  /** A match may leave out elements that do not fit while it waits for this. */
  private passesOver(step: number, count: number): boolean {
    const awaited = this.pattern.steps[step];
    return awaited === undefined || !(count > 0 ? awaited.consecutive : awaited.strict);
  }

  private isForbidden({ step, count, last }: PartialMatch, value: unknown): boolean {
    const conditions = count > 0 ? this.pattern.forbidden[step + 1] : this.between[last.step]?.[step];
    return conditions?.some((where) => where(value)) ?? false;
  }

  private fits(step: number, value: unknown): boolean {
    const known = this.answers[step];
    if (known !== undefined) return known;
    const answer = (this.pattern.steps[step] as Step).where(value);
    this.answers[step] = answer;
    return answer;
  }
}
