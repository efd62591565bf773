import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { bidStream } from './bid-stream.js';
import { hashOfCount, inEuros, isEven, isLarge } from './pipeline-data.js';
import { windowsConsumer } from './windows-consumer.js';

interface Large {
  readonly auction: number;
  readonly bids: number;
}

/** The pipeline by hand: a Map of counters. */
export async function pipelineInLoop(): Promise<ArmResult> {
  const batches = bidStream();
  const { consume, begins, completed, result } = windowsConsumer(({ auction, bids }: Large) =>
    hashOfCount(auction, bids),
  );
  const counters = new Map<number, { bids: number }>();
  for (const [at, values] of batches.entries()) {
    begins(at);
    takeAll(counters, values, consume);
  }
  completed();
  return result();
}

function takeAll(
  counters: Map<number, { bids: number }>,
  values: readonly Bid[],
  consume: (large: Large) => void,
): void {
  for (let index = 0; index < values.length; index++) {
    const bid = values[index] as Bid;
    if (!isEven(bid)) continue;
    const euros = inEuros(bid);
    const { auction } = bid;
    let counter = counters.get(auction);
    if (counter === undefined) {
      counter = { bids: 0 };
      counters.set(auction, counter);
    }
    if (isLarge(euros)) counter.bids++;
    consume({ auction, bids: counter.bids });
  }
}
