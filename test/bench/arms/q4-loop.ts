import type { ArmResult } from '../arm.js';
import type { Auction, Bid } from '../nexmark/events.js';
import { LAG_MS } from './bid-stream.js';
import { eventStream, type SiteEvent } from './event-stream.js';
import { q4Consumer } from './q4-consumer.js';
import type { CategoryPrice } from './q4-data.js';

/** q4 by hand: the highest bid of each open auction, and the bids that came before theirs. Once in so long those that have expired go. */
export async function q4InLoop(): Promise<ArmResult> {
  const batches = eventStream();
  const { consume, begins, completed, result } = q4Consumer();
  const auctions = new WinningBids(consume);
  for (const [at, events] of batches.entries()) {
    begins(at);
    auctions.takeAll(events);
  }
  auctions.advance(Number.POSITIVE_INFINITY);
  completed();
  return result();
}

const LOOK_EVERY_MS = 1_000;

interface Open {
  readonly auction: number;
  readonly category: number;
  readonly dateTime: number;
  readonly expires: number;
  /** 0: nobody has bid. */
  highest: number;
}

class WinningBids {
  private readonly open = new Map<number, Open>();
  private readonly early = new Map<number, Bid[]>();
  private readonly categories = new Map<number, { sum: number; count: number }>();
  private nextLook = Number.NEGATIVE_INFINITY;

  constructor(private readonly consume: (price: CategoryPrice) => void) {}

  takeAll(events: readonly SiteEvent[]): void {
    for (const { auction, bid, dateTime } of events) {
      if (bid !== undefined) {
        const open = this.open.get(bid.auction);
        if (open !== undefined) offer(open, bid);
        else this.keep(bid);
      } else if (auction !== undefined) {
        this.begin(auction);
      }
      if (dateTime >= this.nextLook) {
        this.advance(dateTime - LAG_MS - 1);
        this.nextLook = dateTime + LOOK_EVERY_MS;
      }
    }
  }

  advance(watermark: number): void {
    const expired: Open[] = [];
    for (const open of this.open.values()) if (open.expires <= watermark) expired.push(open);
    expired.sort((a, b) => a.expires - b.expires);
    for (const { auction, category, highest } of expired) {
      this.open.delete(auction);
      if (highest > 0) this.win(category, highest);
    }
    // An auction that is yet to come is not before the watermark.
    for (const [auction, bids] of this.early)
      if (bids.every(({ dateTime }) => dateTime <= watermark)) this.early.delete(auction);
  }

  private begin({ id, category, dateTime, expires }: Auction): void {
    const open = { auction: id, category, dateTime, expires, highest: 0 };
    this.open.set(id, open);
    for (const bid of this.early.get(id) ?? []) offer(open, bid);
    this.early.delete(id);
  }

  private keep(bid: Bid): void {
    const others = this.early.get(bid.auction);
    if (others === undefined) this.early.set(bid.auction, [bid]);
    else others.push(bid);
  }

  private win(category: number, price: number): void {
    let prices = this.categories.get(category);
    if (prices === undefined) {
      prices = { sum: 0, count: 0 };
      this.categories.set(category, prices);
    }
    prices.sum += price;
    prices.count++;
    this.consume({ category, average: prices.sum / prices.count });
  }
}

function offer(open: Open, { price, dateTime }: Bid): void {
  if (dateTime >= open.dateTime && dateTime <= open.expires && price > open.highest) open.highest = price;
}
