import type { Clock } from '@sluice/connector-sdk';
import type { CallFaults, PluginCall } from '../drive/calls.js';
import { SeededRandom } from '../random/seeded-random.js';

/** How often what goes wrong, each from 0 (never) to 1 (always). */
export interface FaultRates {
  /** A call of a plugin takes some virtual milliseconds, before or after its work: completions come in another order. */
  readonly slow: number;
  /** A call fails, before its work or after it: then it is in doubt whether it was done. */
  readonly failure: number;
  /** A sink says for some virtual milliseconds that it is full, or that a commit is to be tried again. */
  readonly full: number;
  /** A commit, or the notice of a complete checkpoint, comes a second time. */
  readonly repeat: number;
}

/** How long a slow call takes at most. */
const LONGEST_DELAY = 40;

/**
 * Faults at random. Each occasion is numbered and decided by itself, so that leaving one fault out does not change the others as long as
 * the calls are the same.
 */
export class RandomFaults implements CallFaults {
  /** None while it is off. */
  on = true;
  /** Failures so far. */
  failures = 0;
  /** Numbers of the occasions at which something went wrong. */
  readonly struck: number[] = [];
  private occasions = 0;

  constructor(
    private readonly seed: number,
    private readonly clock: Clock,
    private readonly rates: FaultRates,
    /** Occasions at which something may go wrong; all when left out. */
    private readonly allowed?: ReadonlySet<number>,
  ) {}

  before(call: PluginCall): Promise<void> {
    return this.perhaps(`before ${call}`);
  }

  after(call: PluginCall): Promise<void> {
    return this.perhaps(`after ${call}`);
  }

  full(): Promise<void> | undefined {
    const random = this.strikes((occasion) => occasion.chance(this.rates.full));
    return random === undefined ? undefined : this.clock.sleep(random.int(0, LONGEST_DELAY));
  }

  retryAfter(): number | undefined {
    return this.strikes((occasion) => occasion.chance(this.rates.full))?.int(1, LONGEST_DELAY);
  }

  repeats(call: PluginCall): boolean {
    if (call !== 'sink.commit' && call !== 'source.publish') return false;
    return this.strikes((occasion) => occasion.chance(this.rates.repeat)) !== undefined;
  }

  private async perhaps(where: string): Promise<void> {
    const { rates } = this;
    const slow = this.strikes((occasion) => occasion.chance(rates.slow / 2));
    if (slow !== undefined) await this.clock.sleep(slow.int(0, LONGEST_DELAY));
    const failing = this.strikes((occasion) => occasion.chance(rates.failure / 2));
    if (failing === undefined) return;
    this.failures++;
    throw new Error(`simulated failure ${where}`);
  }

  /** The choices of this occasion, if something goes wrong at it. */
  private strikes(decide: (random: SeededRandom) => boolean): SeededRandom | undefined {
    if (!this.on) return undefined;
    const number = this.occasions++;
    if (this.allowed !== undefined && !this.allowed.has(number)) return undefined;
    const random = new SeededRandom(Math.imul(this.seed ^ number, 0x85ebca6b) ^ (number << 7));
    if (!decide(random)) return undefined;
    this.struck.push(number);
    return random;
  }
}
