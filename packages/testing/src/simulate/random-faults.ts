import type { Clock } from '@sluice/connector-sdk';
import type { CallFaults, PluginCall } from '../drive/calls.js';
import type { SeededRandom } from '../random/seeded-random.js';

/** How often what goes wrong, each from 0 (never) to 1 (always). */
export interface FaultRates {
  /** A call of a plugin takes some virtual milliseconds, before or after its work. */
  readonly slow: number;
  /** A call fails, before its work or after it: then it is in doubt whether it was done. */
  readonly failure: number;
  /** A sink says for some virtual milliseconds that it is full, or that a commit is to be tried again. */
  readonly full: number;
}

const LONGEST_DELAY = 40;

/** Faults at random. */
export class RandomFaults implements CallFaults {
  /** None while it is off. */
  on = true;
  /** Failures so far. */
  failures = 0;

  constructor(
    private readonly random: SeededRandom,
    private readonly clock: Clock,
    private readonly rates: FaultRates,
  ) {}

  before(call: PluginCall): Promise<void> {
    return this.perhaps(`before ${call}`);
  }

  after(call: PluginCall): Promise<void> {
    return this.perhaps(`after ${call}`);
  }

  full(): Promise<void> | undefined {
    if (!this.on || !this.random.chance(this.rates.full)) return undefined;
    return this.clock.sleep(this.random.int(0, LONGEST_DELAY));
  }

  retryAfter(): number | undefined {
    return this.on && this.random.chance(this.rates.full) ? this.random.int(1, LONGEST_DELAY) : undefined;
  }

  private async perhaps(where: string): Promise<void> {
    if (!this.on) return;
    const { random, rates } = this;
    if (random.chance(rates.slow / 2)) await this.clock.sleep(random.int(0, LONGEST_DELAY));
    if (!random.chance(rates.failure / 2)) return;
    this.failures++;
    throw new Error(`simulated failure ${where}`);
  }
}
