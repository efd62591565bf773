import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { bidStream, LAG_MS } from './bid-stream.js';
import { type HotItem, hashOfHotItem, SIZE_MS, SLIDE_MS } from './q5-data.js';
import { windowsConsumer } from './windows-consumer.js';

/** What is counted in a slide: windows are made of five of them. */
interface Counter {
  bids: number;
}

type Pane = Map<number, Counter>;

/** q5 by hand: a Map of counters for each slide; those of a window's slides are added up when it ends. */
export async function q5InLoop(): Promise<ArmResult> {
  const batches = bidStream();
  const { consume, begins, completed, result } = windowsConsumer(hashOfHotItem);
  const hotItems = new HotItems(consume);
  for (const [at, values] of batches.entries()) {
    begins(at);
    hotItems.takeAll(values);
  }
  hotItems.advance(Number.POSITIVE_INFINITY);
  completed();
  return result();
}

class HotItems {
  private readonly panes = new Map<number, Pane>();
  private newest = Number.NEGATIVE_INFINITY;
  /** The end of the next window. */
  private end = Number.NaN;

  constructor(private readonly consume: (item: HotItem) => void) {}

  takeAll(values: readonly Bid[]): void {
    let start = Number.NaN;
    let pane: Pane | undefined;
    for (let index = 0; index < values.length; index++) {
      const { auction, dateTime } = values[index] as Bid;
      const slide = dateTime - (dateTime % SLIDE_MS);
      if (slide !== start || pane === undefined) {
        start = slide;
        pane = this.paneAt(slide);
      }
      const counter = pane.get(auction);
      if (counter === undefined) pane.set(auction, { bids: 1 });
      else counter.bids++;
      if (dateTime > this.newest) {
        this.newest = dateTime;
        if (dateTime - LAG_MS >= this.end) this.advance(dateTime - LAG_MS - 1);
      }
    }
  }

  advance(watermark: number): void {
    while (this.panes.size > 0 && this.end - 1 <= watermark) {
      this.fire();
      this.panes.delete(this.end - SIZE_MS);
      this.end += SLIDE_MS;
    }
  }

  private paneAt(start: number): Pane {
    let pane = this.panes.get(start);
    if (pane === undefined) {
      pane = new Map();
      this.panes.set(start, pane);
      if (Number.isNaN(this.end)) this.end = start + SLIDE_MS;
    }
    return pane;
  }

  private fire(): void {
    const counts = new Map<number, number>();
    for (let start = this.end - SIZE_MS; start < this.end; start += SLIDE_MS) {
      const pane = this.panes.get(start);
      if (pane === undefined) continue;
      for (const [auction, { bids }] of pane) counts.set(auction, (counts.get(auction) ?? 0) + bids);
    }
    let hottest = 0;
    let most = 0;
    for (const [auction, bids] of counts) {
      if (bids > most || (bids === most && auction < hottest)) {
        hottest = auction;
        most = bids;
      }
    }
    if (most > 0) this.consume({ end: this.end, auction: hottest, bids: most });
  }
}
