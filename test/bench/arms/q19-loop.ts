import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { bidStream } from './bid-stream.js';
import { hashOfRanking, RANKED } from './q19-data.js';
import { windowsConsumer } from './windows-consumer.js';

interface Ranked {
  readonly auction: number;
  readonly bids: readonly Bid[];
}

/** q19 by hand: a Map of sorted arrays, copied for each result. */
export async function q19InLoop(): Promise<ArmResult> {
  const batches = bidStream();
  const { consume, begins, completed, result } = windowsConsumer(({ auction, bids }: Ranked) =>
    hashOfRanking(auction, bids),
  );
  const rankings = new Map<number, Bid[]>();
  for (const [at, values] of batches.entries()) {
    begins(at);
    takeAll(rankings, values, consume);
  }
  completed();
  return result();
}

function takeAll(rankings: Map<number, Bid[]>, values: readonly Bid[], consume: (ranked: Ranked) => void): void {
  for (let index = 0; index < values.length; index++) {
    const bid = values[index] as Bid;
    const { auction, price } = bid;
    let bids = rankings.get(auction);
    if (bids === undefined) {
      bids = [];
      rankings.set(auction, bids);
    }
    let at = bids.length;
    if (at === RANKED) {
      if (price <= (bids[RANKED - 1] as Bid).price) continue;
      at--;
    }
    for (; at > 0 && price > (bids[at - 1] as Bid).price; at--) bids[at] = bids[at - 1] as Bid;
    bids[at] = bid;
    consume({ auction, bids: bids.slice() });
  }
}
