import { aggregateByKey, fromSource, type Keyed, keyBy, type Source } from '@sluice/core';
import type { Observable } from 'rxjs';
import { collectGarbage } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { sized } from '../size.js';
import type { Statistics } from './q17-consumer.js';
import { DAY } from './q17-data.js';
import { statistics } from './q17-job.js';

export const KEYS = sized(1_000_000);
/** Relatively prime to the number of keys: which key comes next has nothing to do with where its state lies. */
const STEP = 618_033;

/** A bid for each of so many auctions. Without its texts, which nobody reads: what is measured is the state, not the memory of the input. */
export function bidsForEach(keys = KEYS): Bid[] {
  const bids = takeBids(createNexmark({ rate: 1_000_000 }), keys);
  const withoutTexts = { channel: '', url: '', extra: '' };
  const forEach = bids.map((bid, index) => ({ ...bid, ...withoutTexts, auction: 1000 + ((index * STEP) % keys) }));
  collectGarbage();
  return forEach;
}

export type Rolling = Keyed<readonly [day: number, auction: number], Statistics>;

/** q17 of a source of bids. */
export function rollingStatistics(bids: Source<Bid>): Observable<Rolling> {
  return fromSource(bids).pipe(
    keyBy((bid): readonly [number, number] => [Math.floor(bid.dateTime / DAY), bid.auction]),
    aggregateByKey(statistics()),
  );
}

/** A replayable source of one split that goes on from the number of bids before. */
export function bidSource(read: (from: number) => AsyncIterable<readonly Bid[]>): Source<Bid> {
  return {
    specVersion: 1,
    name: 'bids',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'all', split: undefined }],
    open: async () => ({
      async *read(_split, position) {
        let before = typeof position === 'number' ? position : 0;
        for await (const values of read(before)) {
          const first = before;
          yield { values, positionAfter: (index: number) => first + index + 1 };
          before += values.length;
        }
      },
      close: async () => {},
    }),
  };
}

/** Whether two arms have kept the same for the same keys: one number that depends on all outputs, and on their order. */
export class OutputSum {
  outputs = 0;
  checksum = 0;

  add(auction: number, { bids, total }: Pick<Statistics, 'bids' | 'total'>): void {
    this.outputs++;
    this.checksum = (Math.imul(this.checksum, 31) + auction + bids + total) | 0;
  }
}

export function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
