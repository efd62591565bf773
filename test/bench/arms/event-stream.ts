import { collectGarbage } from '../meter.js';
import type { Auction, Bid, Person } from '../nexmark/events.js';
import { createNexmark } from '../nexmark/generator.js';
import { kindOf } from '../nexmark/proportions.js';
import { BATCH } from './batch-source.js';
import { TIMED_BATCHES, WARM_UP_BATCHES } from './bid-stream.js';

/** One event of the site, as a source of all of them has it: what it is not is `undefined`. */
export type SiteEvent =
  | EventOf<Person, undefined, undefined>
  | EventOf<undefined, Auction, undefined>
  | EventOf<undefined, undefined, Bid>;

interface EventOf<P, A, B> {
  readonly person: P;
  readonly auction: A;
  readonly bid: B;
  readonly dateTime: number;
}

/**
 * The events that q3, q4 and q8 see, here and in the peers: 0, 1, 2, … of `createNexmark({ seed, rate, base })`, of all three kinds, in
 * that order, so that timestamps (`dateTime`) never go down. 100 s of event time. The watermark is the greatest timestamp so far, less
 * `LAG_MS` (4 s) and 1 ms, so that nothing is late; the end of the input ends all time.
 */
export const EVENT_STREAM = { seed: 1, rate: 50_000, base: Date.UTC(2026, 0, 1) } as const;

/** All events of a run: those before the timed part go through the same operators. What is counted as an element is an event. */
export const WARM_UP_EVENTS = WARM_UP_BATCHES * BATCH;
export const TIMED_EVENTS = TIMED_BATCHES * BATCH;
export const EVENTS = WARM_UP_EVENTS + TIMED_EVENTS;

export function eventStream(): SiteEvent[][] {
  const nexmark = createNexmark(EVENT_STREAM);
  const batches = Array.from({ length: EVENTS / BATCH }, (_, batch) =>
    Array.from({ length: BATCH }, (_, index): SiteEvent => {
      const event = batch * BATCH + index;
      const kind = kindOf(event);
      return {
        person: kind === 'person' ? nexmark.person(event) : undefined,
        auction: kind === 'auction' ? nexmark.auction(event) : undefined,
        bid: kind === 'bid' ? nexmark.bid(event) : undefined,
        dateTime: nexmark.timeOf(event),
      } as SiteEvent;
    }),
  );
  collectGarbage();
  return batches;
}
