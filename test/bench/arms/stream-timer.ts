import type { ArmResult } from '../arm.js';
import { tell } from '../moments.js';
import { BATCH } from './batch-source.js';

/** Times a stream of batches from the begin of one of them until the stream has completed; what comes before warms the code up. */
export class StreamTimer {
  private cpu: NodeJS.CpuUsage | undefined;
  private began = 0;
  private timed: Pick<ArmResult, 'wallMs' | 'cpuMs'> | undefined;

  /** @param warmUp batches before the timed part; @param batches that are timed */
  constructor(
    private readonly warmUp: number,
    private readonly batches: number,
  ) {}

  /** To be called when the first element of a batch is about to be given out; batches are counted from 0. */
  begins(batch: number): void {
    if (batch !== this.warmUp) return;
    tell('begin');
    this.cpu = process.cpuUsage();
    this.began = performance.now();
  }

  completed(): void {
    const wallMs = performance.now() - this.began;
    const { user, system } = process.cpuUsage(this.cpu);
    this.timed = { wallMs, cpuMs: (user + system) / 1000 };
    tell('end');
  }

  result(): Pick<ArmResult, 'wallMs' | 'cpuMs' | 'elements'> {
    if (this.cpu === undefined || this.timed === undefined) throw new Error('the stream ended before the timed part');
    return { ...this.timed, elements: this.batches * BATCH };
  }
}
