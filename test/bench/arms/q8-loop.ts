import type { ArmResult } from '../arm.js';
import type { Auction, Person } from '../nexmark/events.js';
import { LAG_MS } from './bid-stream.js';
import { eventStream, type SiteEvent } from './event-stream.js';
import { hashOfNewSeller, type NewSeller, SIZE_MS } from './q8-data.js';
import { windowsConsumer } from './windows-consumer.js';

/** q8 by hand: the people and the auctions of each open window, mostly one or two; they are joined at its end. */
export async function q8InLoop(): Promise<ArmResult> {
  const batches = eventStream();
  const { consume, begins, completed, result } = windowsConsumer(hashOfNewSeller);
  const sellers = new NewSellers(consume);
  for (const [at, events] of batches.entries()) {
    begins(at);
    sellers.takeAll(events);
  }
  sellers.advance(Number.POSITIVE_INFINITY);
  completed();
  return result();
}

interface Open {
  readonly start: number;
  readonly people: Map<number, Person>;
  readonly auctions: Auction[];
}

class NewSellers {
  private readonly windows: Open[] = [];
  private newest = Number.NEGATIVE_INFINITY;

  constructor(private readonly consume: (seller: NewSeller) => void) {}

  takeAll(events: readonly SiteEvent[]): void {
    for (const { person, auction, dateTime } of events) {
      if (person !== undefined) this.windowOf(dateTime).people.set(person.id, person);
      else if (auction !== undefined) this.windowOf(dateTime).auctions.push(auction);
      if (dateTime > this.newest) {
        this.newest = dateTime;
        const [first] = this.windows;
        if (first !== undefined && dateTime - LAG_MS >= first.start + SIZE_MS) this.advance(dateTime - LAG_MS - 1);
      }
    }
  }

  advance(watermark: number): void {
    for (
      let [first] = this.windows;
      first !== undefined && first.start + SIZE_MS - 1 <= watermark;
      [first] = this.windows
    ) {
      this.join(first);
      this.windows.shift();
    }
  }

  private join({ start, people, auctions }: Open): void {
    for (const { id, seller } of auctions) {
      const person = people.get(seller);
      if (person !== undefined) this.consume({ person: seller, name: person.name, auction: id, start });
    }
  }

  private windowOf(time: number): Open {
    const start = time - (time % SIZE_MS);
    for (const window of this.windows) if (window.start === start) return window;
    const opened = { start, people: new Map<number, Person>(), auctions: [] };
    this.windows.push(opened);
    this.windows.sort((a, b) => a.start - b.start);
    return opened;
  }
}
