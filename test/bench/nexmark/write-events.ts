import { createHash } from 'node:crypto';
import { madeOnce } from '../bench-folder.js';
import type { Auction, Bid, Person } from './events.js';
import { createNexmark, type Nexmark, type NexmarkOptions } from './generator.js';
import { kindOf } from './proportions.js';
import { RecordFile } from './record-file.js';

/** The first events of a stream, all of them or those that are bids. */
export interface EventsOf {
  readonly stream: NexmarkOptions;
  readonly kinds: 'all' | 'bids';
  readonly count: number;
}

/**
 * A file for peers that have no generator, made the first time. Events one behind the other: a byte that says which kind it is (0 person,
 * 1 auction, 2 bid), then the fields in the order of `events.ts`. Big-endian; times and prices are doubles, other numbers 32 bits. A text is
 * its length in 16 bits and its bytes in Latin-1; one that comes again and again (a word) is a number of 16 bits, and where this number is
 * that of no word so far, the text follows.
 */
export function binaryEvents({ stream, kinds, count }: EventsOf): Promise<string> {
  return madeOnce('events.bin', { version: 1, stream, kinds, count }, async (path) => {
    const file = new RecordFile(path);
    for (const [kind, nexmark, event] of numbers(stream, kinds, count)) {
      if (kind === 'person') writePerson(file, nexmark.person(event));
      else if (kind === 'auction') writeAuction(file, nexmark.auction(event));
      else writeBid(file, nexmark.bid(event));
    }
    file.close();
  });
}

/** A file of the same bids with a line of JSON for each: `auction`, `bidder`, `price` and `dateTime`. */
export function jsonBids(stream: NexmarkOptions, count: number): Promise<string> {
  return madeOnce('bids.ndjson', { version: 1, stream, count }, async (path) => {
    const file = new RecordFile(path);
    for (const [, nexmark, event] of numbers(stream, 'bids', count)) file.line(jsonOf(nexmark.bid(event)));
    file.close();
  });
}

export function jsonOf({ auction, bidder, price, dateTime }: Bid): string {
  return JSON.stringify({ auction, bidder, price, dateTime });
}

/** What a stream is called where only text can be: for topics. */
export function nameOf(stream: NexmarkOptions, count: number): string {
  return createHash('sha256').update(JSON.stringify({ stream, count })).digest('hex').slice(0, 12);
}

function* numbers(stream: NexmarkOptions, kinds: EventsOf['kinds'], count: number) {
  const nexmark: Nexmark = createNexmark(stream);
  for (let taken = 0, event = 0; taken < count; event++) {
    const kind = kindOf(event);
    if (kinds === 'bids' && kind !== 'bid') continue;
    yield [kind, nexmark, event] as const;
    taken++;
  }
}

function writePerson(file: RecordFile, person: Person): void {
  file.byte(0);
  file.int(person.id);
  file.word(person.name);
  file.text(person.emailAddress);
  file.text(person.creditCard);
  file.word(person.city);
  file.word(person.state);
  file.double(person.dateTime);
  file.text(person.extra);
}

function writeAuction(file: RecordFile, auction: Auction): void {
  file.byte(1);
  file.int(auction.id);
  file.text(auction.itemName);
  file.text(auction.description);
  file.double(auction.initialBid);
  file.double(auction.reserve);
  file.double(auction.dateTime);
  file.double(auction.expires);
  file.int(auction.seller);
  file.int(auction.category);
  file.text(auction.extra);
}

function writeBid(file: RecordFile, bid: Bid): void {
  file.byte(2);
  file.int(bid.auction);
  file.int(bid.bidder);
  file.double(bid.price);
  file.word(bid.channel);
  file.word(bid.url);
  file.double(bid.dateTime);
  file.text(bid.extra);
}
