import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNexmark, takeBids } from './generator.js';
import { kindOf, newestAuction, newestPerson } from './proportions.js';

const EVENTS = 100_000;
const nexmark = createNexmark({ seed: 7, rate: 20_000, base: 1_000_000 });
const numbers = Array.from({ length: EVENTS }, (_, event) => event);
const bidNumbers = numbers.filter((event) => kindOf(event) === 'bid');
const bids = bidNumbers.map((event) => ({ event, bid: nexmark.bid(event) }));
const auctions = numbers.filter((event) => kindOf(event) === 'auction').map((event) => nexmark.auction(event));
const persons = numbers.filter((event) => kindOf(event) === 'person').map((event) => nexmark.person(event));

function share<T>(all: readonly T[], holds: (one: T) => boolean): number {
  return all.filter(holds).length / all.length;
}

/** Bytes of an event, numbers as eight. */
function meanSize(events: readonly object[]): number {
  const size = (event: object) =>
    Object.values(event).reduce((sum, field) => sum + (typeof field === 'string' ? field.length : 8), 0);
  return events.reduce((sum, event) => sum + size(event), 0) / events.length;
}

describe('the events of Nexmark', () => {
  it('are 1 person, 3 auctions and 46 bids of each 50', () => {
    const kinds = numbers.slice(0, 50).map(kindOf);
    expect(kinds.filter((kind) => kind === 'person')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'auction')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'bid')).toHaveLength(46);
    expect([persons.length, auctions.length, bids.length]).toEqual([
      EVENTS / 50,
      (EVENTS / 50) * 3,
      (EVENTS / 50) * 46,
    ]);
  });

  it('number people and auctions without a gap, from 1000', () => {
    expect(persons.map(({ id }) => id)).toEqual(persons.map((_, at) => 1000 + at));
    expect(auctions.map(({ id }) => id)).toEqual(auctions.map((_, at) => 1000 + at));
  });

  it('come at their rate of event time', () => {
    expect([0, 19, 20, 20_000].map((event) => nexmark.timeOf(event) - 1_000_000)).toEqual([0, 0, 1, 1000]);
    expect(bids.every(({ event, bid }) => bid.dateTime === nexmark.timeOf(event))).toBe(true);
  });

  it('have prices of each order of magnitude equally often', () => {
    for (let power = 2; power < 8; power++) {
      const within = share(bids, ({ bid }) => bid.price >= 10 ** power && bid.price < 10 ** (power + 1));
      expect(within).toBeCloseTo(1 / 6, 2);
    }
  });

  it('bid for the hot auction half of the time, else for one in flight', () => {
    const late = bids.filter(({ event }) => event > 10_000);
    const hot = share(late, ({ event, bid }) => bid.auction - 1000 === Math.floor(newestAuction(event) / 100) * 100);
    // A cold bid goes to the hot auction by chance now and then.
    expect(hot).toBeGreaterThan(0.49);
    expect(hot).toBeLessThan(0.52);
    const distances = late.map(({ event, bid }) => bid.auction - 1000 - newestAuction(event));
    expect(Math.min(...distances)).toBe(-100);
    expect(Math.max(...distances)).toBe(10);
  });

  it('are bid by the hot bidder three times of four, else by somebody active', () => {
    const late = bids.filter(({ event }) => newestPerson(event) > 1000);
    const hot = share(late, ({ event, bid }) => bid.bidder - 1000 === Math.floor(newestPerson(event) / 100) * 100 + 1);
    expect(hot).toBeCloseTo(0.75, 1);
    const distances = late.map(({ event, bid }) => bid.bidder - 1000 - newestPerson(event));
    expect(Math.min(...distances)).toBe(-999);
    expect(Math.max(...distances)).toBeGreaterThan(1);
    expect(Math.max(...distances)).toBeLessThanOrEqual(10);
  });

  it('are sold by the hot seller three times of four, in five categories', () => {
    expect(share(auctions, ({ seller }) => (seller - 1000) % 100 === 0)).toBeCloseTo(0.75, 1);
    expect(new Set(auctions.map(({ category }) => category))).toEqual(new Set([10, 11, 12, 13, 14]));
  });

  it('let auctions expire within two horizons, one on average', () => {
    const horizon = nexmark.timeOf(1666) - nexmark.timeOf(0);
    const lives = auctions.map(({ dateTime, expires }) => expires - dateTime);
    expect(Math.min(...lives)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...lives)).toBeLessThanOrEqual(2 * horizon);
    expect(lives.reduce((sum, life) => sum + life, 0) / lives.length / horizon).toBeCloseTo(1, 1);
  });

  it('come over one of four channels half of the time, else over one of 10,000', () => {
    const counts = new Map<string, number>();
    for (const { bid } of bids) counts.set(bid.channel, (counts.get(bid.channel) ?? 0) + 1);
    const hottest = [...counts.values()].sort((a, b) => b - a).slice(0, 4);
    expect(hottest.reduce((sum, count) => sum + count, 0) / bids.length).toBeCloseTo(0.5, 1);
    expect(counts.size).toBeGreaterThan(9000);
    expect(counts.size).toBeLessThanOrEqual(10_004);
  });

  it('have 200, 500 and 100 bytes on average', () => {
    expect(meanSize(persons) / 200).toBeCloseTo(1, 1);
    expect(meanSize(auctions) / 500).toBeCloseTo(1, 1);
    expect(meanSize(bids.map(({ bid }) => bid)) / 100).toBeCloseTo(1, 1);
  });

  it('are the same for the same seed, others for another, wherever one begins', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 }), fc.integer(), (event, seed) => {
        const one = createNexmark({ seed });
        one.bid(event + 50);
        expect(one.bid(event)).toEqual(createNexmark({ seed }).bid(event));
        expect(one.auction(event)).toEqual(createNexmark({ seed }).auction(event));
        expect(one.person(event)).toEqual(createNexmark({ seed }).person(event));
      }),
      { numRuns: 50 },
    );
    const prices = (seed: number) => takeBids(createNexmark({ seed }), 20).map(({ price }) => price);
    expect(prices(1)).not.toEqual(prices(2));
  });
});

describe('takeBids', () => {
  it('takes bids alone, in order', () => {
    expect(takeBids(nexmark, 100)).toEqual(bids.slice(0, 100).map(({ bid }) => bid));
    expect(takeBids(nexmark, 3, 150)).toEqual([154, 155, 156].map((event) => nexmark.bid(event)));
  });
});
