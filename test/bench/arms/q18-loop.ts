import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { hashOfLastBid, Q18_BIDS, Q18_WARM_UP, q18Bids } from './q18-data.js';
import { resultConsumer } from './result-consumer.js';

/** q18 by hand: a Map of bidders, each with a Map of the bids by auction. */
export async function q18InLoop(): Promise<ArmResult> {
  const batches = q18Bids();
  const { consume, completed, result } = resultConsumer({ warmUp: Q18_WARM_UP, timed: Q18_BIDS }, hashOfLastBid);
  const bidders = new Map<number, Map<number, Bid>>();
  for (const values of batches) takeAll(bidders, values, consume);
  completed();
  return result();
}

function takeAll(bidders: Map<number, Map<number, Bid>>, values: readonly Bid[], consume: (bid: Bid) => void): void {
  for (let index = 0; index < values.length; index++) {
    const bid = values[index] as Bid;
    let auctions = bidders.get(bid.bidder);
    if (auctions === undefined) {
      auctions = new Map();
      bidders.set(bid.bidder, auctions);
    }
    let last = auctions.get(bid.auction);
    if (last === undefined || bid.dateTime >= last.dateTime) {
      last = bid;
      auctions.set(bid.auction, bid);
    }
    consume(last);
  }
}
