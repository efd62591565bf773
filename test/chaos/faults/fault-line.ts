import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Point } from './fault.js';

export type Strike = () => Promise<void>;

/** Counts how often each place was passed, and knows what happens there when its time has come. */
export class FaultLine {
  readonly #passed = new Map<Point, number>();

  constructor(
    readonly fault: Fault | undefined,
    private readonly hold: (point: Point) => Promise<void>,
  ) {}

  /** To be called each time that the place is reached. What it answers is to be done there. */
  at(point: Point): Strike | undefined {
    const passed = (this.#passed.get(point) ?? 0) + 1;
    this.#passed.set(point, passed);
    const { fault } = this;
    if (fault === undefined || !('point' in fault) || fault.point !== point || fault.nth !== passed) return undefined;
    if (fault.kind === 'hold') return () => this.hold(point);
    return async () => {
      if (fault.delay > 0) await sleep(fault.delay);
      die();
    };
  }

  async pass(point: Point): Promise<void> {
    await this.at(point)?.();
  }
}

/** As `kill -9` from outside: no handler runs, nothing is flushed. */
export function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal is there before the system call returns, but that is a promise of the kernel, not of Node.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
