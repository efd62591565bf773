import type { Auction, Bid, Person } from './events.js';
import { eventsForAuctions, kindOf, newestAuction, newestPerson } from './proportions.js';
import { Random } from './random.js';

export interface NexmarkOptions {
  readonly seed?: number;
  /** Events per second of event time. */
  readonly rate?: number;
  /** When event 0 happens, in epoch milliseconds. */
  readonly base?: number;
}

/** Everything by the number of the event, from 0; `kindOf(event)` says which of the three it is. */
export interface Nexmark {
  timeOf(event: number): number;
  person(event: number): Person;
  auction(event: number): Auction;
  bid(event: number): Bid;
}

const FIRST_ID = 1000;
const FIRST_CATEGORY = 10;
const CATEGORIES = 5;

/** Auctions that bids still go to, and people who still act. */
const AUCTIONS_IN_FLIGHT = 100;
const ACTIVE_PERSONS = 1000;
/** Bids and sellers may come a little before the auction or the person that they name. */
const LEAD = 10;
/** One hot auction, seller and bidder among so many. */
const HOT_GROUP = 100;
const HOT_AUCTIONS = 1 / 2;
const HOT_SELLERS = 3 / 4;
const HOT_BIDDERS = 3 / 4;

const HOT_CHANNELS = ['web', 'phone', 'partner', 'kiosk'];
const COLD_CHANNELS = Array.from({ length: 10_000 }, (_, number) => `channel-${number}`);
const STATES = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'];
const CITIES = ['Phoenix', 'Sacramento', 'Boise', 'Portland', 'Bend', 'Seattle', 'Cheyenne', 'Yakima', 'Reno'];
const FIRST_NAMES = ['Ada', 'Ben', 'Cleo', 'Dov', 'Eve', 'Finn', 'Gus', 'Hana', 'Ivo', 'June', 'Kai', 'Lena'];
const LAST_NAMES = ['Abel', 'Brook', 'Castle', 'Dale', 'Ember', 'Frost', 'Grove', 'Hollow', 'Iris', 'Jones'];

/** Bytes of an event on average; numbers count as eight. */
const SIZES = { person: 200, auction: 500, bid: 100 };

/** The events of Nexmark's auction site, one after the other, the same for the same seed. */
export function createNexmark(options: NexmarkOptions = {}): Nexmark {
  const { seed = 1, rate = 20_000, base = Date.UTC(2026, 0, 1) } = options;
  const random = new Random(seed);
  const filler = fillerOf(seed);
  const timeOf = (event: number): number => base + Math.floor((event * 1000) / rate);
  // Auctions last about as long as it takes until a hundred others have begun.
  const horizon = Math.max(1, timeOf(eventsForAuctions(AUCTIONS_IN_FLIGHT)) - base);

  /** Fills an event up to its average size, more or less a fifth of what is missing. */
  const extra = (size: number, average: number): string => {
    const missing = average - size;
    if (missing <= 0) return '';
    const spread = Math.round(missing * 0.2);
    const length = missing - spread + random.below(2 * spread + 1);
    const from = random.below(filler.length - length);
    return filler.slice(from, from + length);
  };

  return {
    timeOf,
    person(event) {
      random.begin(event);
      const id = FIRST_ID + newestPerson(event);
      const first = random.oneOf(FIRST_NAMES);
      const last = random.oneOf(LAST_NAMES);
      const name = `${first} ${last}`;
      const emailAddress = `${first}.${last}.${id}@mail.example`.toLowerCase();
      const creditCard = Array.from({ length: 4 }, () => `${random.below(10_000)}`.padStart(4, '0')).join(' ');
      const city = random.oneOf(CITIES);
      const state = random.oneOf(STATES);
      const size = 16 + name.length + emailAddress.length + creditCard.length + city.length + state.length;
      return {
        id,
        name,
        emailAddress,
        creditCard,
        city,
        state,
        dateTime: timeOf(event),
        extra: extra(size, SIZES.person),
      };
    },
    auction(event) {
      random.begin(event);
      const dateTime = timeOf(event);
      const newest = newestPerson(event);
      const seller =
        random.fraction() < HOT_SELLERS ? Math.floor(newest / HOT_GROUP) * HOT_GROUP : somePerson(random, newest);
      const category = FIRST_CATEGORY + random.below(CATEGORIES);
      const initialBid = price(random);
      const reserve = initialBid + price(random);
      const expires = dateTime + 1 + random.below(2 * horizon);
      const itemName = words(random, filler, 20);
      const description = words(random, filler, 100);
      return {
        id: FIRST_ID + newestAuction(event),
        itemName,
        description,
        initialBid,
        reserve,
        dateTime,
        expires,
        seller: FIRST_ID + seller,
        category,
        extra: extra(56 + itemName.length + description.length, SIZES.auction),
      };
    },
    bid(event) {
      random.begin(event);
      const auctions = newestAuction(event);
      const people = newestPerson(event);
      const auction =
        random.fraction() < HOT_AUCTIONS ? Math.floor(auctions / HOT_GROUP) * HOT_GROUP : someAuction(random, auctions);
      const bidder =
        random.fraction() < HOT_BIDDERS ? Math.floor(people / HOT_GROUP) * HOT_GROUP + 1 : somePerson(random, people);
      const offered = price(random);
      const hot = random.fraction() < 1 / 2;
      const channel = random.oneOf(hot ? HOT_CHANNELS : COLD_CHANNELS);
      const url = hot ? 'https://bids.example/item' : `https://bids.example/item?from=${channel}`;
      return {
        auction: FIRST_ID + auction,
        bidder: FIRST_ID + bidder,
        price: offered,
        channel,
        url,
        dateTime: timeOf(event),
        extra: extra(32 + channel.length + url.length, SIZES.bid),
      };
    },
  };
}

/** The first bids of a stream, those from event `from` on. */
export function takeBids(nexmark: Nexmark, count: number, from = 0): Bid[] {
  const bids: Bid[] = new Array(count);
  for (let taken = 0, event = from; taken < count; event++) {
    if (kindOf(event) !== 'bid') continue;
    bids[taken] = nexmark.bid(event);
    taken++;
  }
  return bids;
}

/** From 100 to 100,000,000 cents, each order of magnitude equally often. */
function price(random: Random): number {
  return Math.round(10 ** (random.fraction() * 6) * 100);
}

function someAuction(random: Random, newest: number): number {
  const oldest = Math.max(newest - AUCTIONS_IN_FLIGHT, 0);
  return oldest + random.below(newest - oldest + 1 + LEAD);
}

function somePerson(random: Random, newest: number): number {
  const active = Math.min(newest + 1, ACTIVE_PERSONS);
  return newest + 1 - active + random.below(active + LEAD);
}

function words(random: Random, filler: string, longest: number): string {
  const length = 3 + random.below(longest - 3);
  const from = random.below(filler.length - length);
  return filler.slice(from, from + length);
}

/** A text that all others are cut from: making each letter by letter would take longer than the benchmarks. */
function fillerOf(seed: number): string {
  const random = new Random(seed);
  random.begin(-1);
  return Array.from({ length: 16_384 }, () => 'abcdefghijklmnopqrstuvwxyz '.charAt(random.below(27))).join('');
}
