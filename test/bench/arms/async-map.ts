import { asyncMap, callbackSink, createJob, fromSource, to } from '@sluice/core';
import { mergeMap, Observable } from 'rxjs';
import type { ArmResult } from '../arm.js';
import { collectGarbage } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { batchSource, inBatches } from './batch-source.js';

const IN_FLIGHT = 64;
const ALL = 200_000;

/** Answers at once: what is measured is what keeping up to 64 answers apart costs. */
type PriceOf = (bid: Bid) => Promise<number>;
type RunStream = (bids: readonly Bid[], priceOf: PriceOf, consume: (price: number) => void) => Promise<void>;

/** Times streams one after the other, each from its first element in to its last one out. */
class StreamTimes {
  private wallMs = 0;
  private cpuMs = 0;
  private outputs = 0;
  private checksum = 0;

  constructor(private readonly elements: number) {}

  async take(counted: boolean, bids: readonly Bid[], run: RunStream): Promise<void> {
    let asked = 0;
    let out = 0;
    let checksum = this.checksum;
    let cpu = process.cpuUsage();
    let began = 0;
    let ended = 0;
    const priceOf = async (bid: Bid): Promise<number> => {
      if (asked++ === 0) {
        cpu = process.cpuUsage();
        began = performance.now();
      }
      return bid.price;
    };
    await run(bids, priceOf, (price) => {
      checksum = (Math.imul(checksum, 31) + (price | 0)) | 0;
      if (++out === this.elements) {
        ended = performance.now();
        cpu = process.cpuUsage(cpu);
      }
    });
    const { user, system } = cpu;
    if (!counted) return;
    this.wallMs += ended - began;
    this.cpuMs += (user + system) / 1000;
    this.outputs += out;
    this.checksum = checksum;
  }

  result(): ArmResult {
    const { wallMs, cpuMs, outputs, checksum } = this;
    return { wallMs, cpuMs, outputs, checksum, elements: outputs };
  }
}

/** The same 200,000 bids in streams of so many elements each. */
async function inStreams(elements: number, run: RunStream): Promise<ArmResult> {
  const bids = takeBids(createNexmark(), ALL);
  collectGarbage();
  const times = new StreamTimes(elements);
  // All of them once before, so that the code is as warm whatever the length of a stream.
  for (let from = 0; from < ALL; from += elements) await times.take(false, bids.slice(from, from + elements), run);
  collectGarbage();
  for (let from = 0; from < ALL; from += elements) await times.take(true, bids.slice(from, from + elements), run);
  return times.result();
}

export function asyncInJobs(elements: number): Promise<ArmResult> {
  return inStreams(elements, async (bids, priceOf, consume) => {
    const flow = fromSource(batchSource(inBatches(bids))).pipe(
      asyncMap(priceOf, { concurrency: IN_FLIGHT }),
      to(callbackSink(consume)),
    );
    await createJob('async', flow).run();
  });
}

/** RxJS alone, which has no order of its own: answers come at once, so theirs is that of the elements. */
export function asyncInRxJS(): Promise<ArmResult> {
  return inStreams(ALL, async (bids, priceOf, consume) => {
    await new Promise<void>((resolve, reject) => {
      new Observable<Bid>((subscriber) => {
        for (let index = 0; index < bids.length; index++) subscriber.next(bids[index] as Bid);
        subscriber.complete();
      })
        .pipe(mergeMap(priceOf, IN_FLIGHT))
        .subscribe({ next: consume, error: reject, complete: resolve });
    });
  });
}
