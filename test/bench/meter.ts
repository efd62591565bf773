import { tell } from './moments.js';

/** What the timed part of an arm took. */
export interface Timed {
  readonly elements: number;
  readonly wallMs: number;
  /** All threads of the process: the collector's and the compiler's too. */
  readonly cpuMs: number;
  /** From the last element until the stream had completed; part of `wallMs`. */
  readonly completionMs: number;
}

/** Times a stream from one of its elements until it has completed; what comes before warms the code up that is then timed. */
export class Meter {
  private cpu: NodeJS.CpuUsage | undefined;
  private began = 0;
  private last = 0;
  private timed: Timed | undefined;

  /** @param warmUp elements before the timed part; @param elements all together */
  constructor(
    private readonly warmUp: number,
    private readonly elements: number,
  ) {}

  /** To be called after element number `warmUp`, counted from 1. Answers after which number it is to be called again. */
  reached(): number {
    if (this.cpu !== undefined) {
      this.last = performance.now();
      tell('last');
      return Number.POSITIVE_INFINITY;
    }
    tell('begin');
    this.cpu = process.cpuUsage();
    this.began = performance.now();
    return this.elements;
  }

  completed(): void {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.cpu);
    this.timed = {
      elements: this.elements - this.warmUp,
      wallMs: now - this.began,
      cpuMs: (user + system) / 1000,
      completionMs: now - this.last,
    };
    tell('end');
  }

  result(): Timed {
    if (this.timed === undefined || this.last === 0) throw new Error(`fewer than ${this.elements} elements came out`);
    return this.timed;
  }
}

/**
 * Collects what the preparation has left, so that no collection of it falls into the timed part of one arm and not of the other.
 * Node has been started with `--expose-gc`.
 */
export function collectGarbage(): void {
  globalThis.gc?.();
}
