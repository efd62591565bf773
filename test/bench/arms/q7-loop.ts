import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { bidStream, LAG_MS } from './bid-stream.js';
import { type HighestBid, hashOfHighestBid, SIZE_MS } from './q7-data.js';
import { windowsConsumer } from './windows-consumer.js';

/** q7 by hand: the highest bid of each open window, in the order of the windows; mostly there is one. */
export async function q7InLoop(): Promise<ArmResult> {
  const batches = bidStream();
  const { consume, begins, completed, result } = windowsConsumer(hashOfHighestBid);
  const highest = new HighestBids(consume);
  for (const [at, values] of batches.entries()) {
    begins(at);
    highest.takeAll(values);
  }
  highest.advance(Number.POSITIVE_INFINITY);
  completed();
  return result();
}

interface Open {
  readonly end: number;
  bid: Bid;
}

class HighestBids {
  private readonly windows: Open[] = [];
  private newest = Number.NEGATIVE_INFINITY;

  constructor(private readonly consume: (highest: HighestBid) => void) {}

  takeAll(values: readonly Bid[]): void {
    let window: Open | undefined;
    for (let index = 0; index < values.length; index++) {
      const bid = values[index] as Bid;
      const { dateTime, price } = bid;
      const end = dateTime - (dateTime % SIZE_MS) + SIZE_MS;
      if (window?.end !== end) window = this.windowOf(end, bid);
      if (price > window.bid.price) window.bid = bid;
      if (dateTime > this.newest) {
        this.newest = dateTime;
        const first = this.windows[0] as Open;
        if (dateTime - LAG_MS >= first.end) this.advance(dateTime - LAG_MS - 1);
      }
    }
  }

  advance(watermark: number): void {
    for (let first = this.windows[0]; first !== undefined && first.end - 1 <= watermark; first = this.windows[0]) {
      this.consume(first);
      this.windows.shift();
    }
  }

  private windowOf(end: number, bid: Bid): Open {
    const known = this.windows.find((window) => window.end === end);
    if (known !== undefined) return known;
    const opened = { end, bid };
    this.windows.push(opened);
    this.windows.sort((a, b) => a.end - b.end);
    return opened;
  }
}
