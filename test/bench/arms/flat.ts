import { callbackSink, createJob, to } from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { collectGarbage, Meter } from '../meter.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { BATCH, batchSource, inBatches } from './batch-source.js';
import { type Rolling, rollingStatistics } from './million-keys.js';

/** The same bids come again and again, so the keys are the same, and nothing is kept but their accumulators. */
const BIDS = 2 * BATCH;
/** The results that all lengths of the stream have in common: what arms are compared by. */
const COMMON = 1_000_000;

/** As many for each length: a short stream must not be slow because V8 is still compiling it, which would flatter the long one. */
const WARM_UP = 2_000_000;

/** q17 of so many elements behind the warm-up: they are timed, then the heap is measured, with the job still there. */
export async function q17Of(timed: number): Promise<ArmResult> {
  const elements = WARM_UP + timed;
  const batches = inBatches(takeBids(createNexmark(), BIDS));
  collectGarbage();
  const consumer = new DecadeConsumer(elements);
  const rounds = Math.ceil(elements / BIDS);
  const sink = callbackSink<Rolling>((rolling) => consumer.consume(rolling));
  await createJob('q17', rollingStatistics(batchSource(batches, rounds)).pipe(to(sink))).run();
  return consumer.result();
}

class DecadeConsumer {
  private readonly meter: Meter;
  private mark = WARM_UP;
  private outputs = 0;
  private checksum = 0;
  private keys = 0;
  private bytes = 0;
  private last: Rolling | undefined;

  constructor(private readonly elements: number) {
    this.meter = new Meter(this.mark, elements);
  }

  consume(rolling: Rolling): void {
    this.last = rolling;
    const { bids, total } = rolling.value;
    if (bids === 1) this.keys++;
    const result = (rolling.key[1] + bids + total) | 0;
    if (this.outputs++ < COMMON) this.checksum = (Math.imul(this.checksum, 31) + result) | 0;
    if (this.outputs === this.mark) this.passMark();
  }

  result(): ArmResult {
    if (this.last === undefined) throw new Error('the arm emitted nothing');
    const { bytes, keys, checksum } = this;
    return { ...this.meter.result(), bytes, keys, outputs: COMMON, checksum };
  }

  private passMark(): void {
    this.mark = this.meter.reached();
    if (this.outputs < this.elements) return;
    this.meter.completed();
    collectGarbage();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    this.bytes = heapUsed + arrayBuffers;
  }
}
