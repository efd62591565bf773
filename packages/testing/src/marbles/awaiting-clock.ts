import type { Clock } from '@sluice/connector-sdk';
import { settle } from '../clock/settle.js';
import type { VirtualClock } from '../clock/virtual-clock.js';

/** How operators tell the clock what they wait for. */
const AWAITED = Symbol.for('@sluice/core/awaited');

/** Real milliseconds after which a promise that nothing settles is waited for no longer. */
const PATIENCE = 2000;

/**
 * A virtual clock that stands still while operators wait for promises. Those that sleep on this very clock are not waited for: they need
 * its time.
 */
export class AwaitingClock {
  /** For the engine. */
  readonly engine: Clock;
  /** For the functions under test. */
  readonly user: Clock;
  private readonly awaited = new Set<Promise<unknown>>();
  private asleep = 0;

  constructor(readonly time: VirtualClock) {
    const now = (): number => time.now();
    this.engine = {
      now,
      sleep: (duration, signal) => time.sleep(duration, signal),
      [AWAITED]: (promise: Promise<unknown>) => this.await(promise),
    } as Clock;
    this.user = {
      now,
      sleep: async (duration, signal) => {
        this.asleep++;
        try {
          await time.sleep(duration, signal);
        } finally {
          this.asleep--;
        }
      },
    };
  }

  /** Resolves when everything that can go on without time has done so. */
  async rest(): Promise<void> {
    await settleAll();
    const giveUp = performance.now() + PATIENCE;
    while (this.awaited.size > this.asleep) {
      if (performance.now() > giveUp) this.awaited.clear();
      await new Promise((resolve) => setTimeout(resolve, 1));
      await settleAll();
    }
  }

  private await(promise: Promise<unknown>): void {
    const over = (): void => void this.awaited.delete(promise);
    this.awaited.add(promise);
    promise.then(over, over);
  }
}

/** A loop that has been woken takes a turn, pauses, and takes another. */
async function settleAll(): Promise<void> {
  await settle();
  await settle();
  await settle();
}
