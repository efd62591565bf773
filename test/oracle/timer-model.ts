export type Domain = 'event' | 'processing';

/** Sets or deletes a timer. */
export interface Order {
  readonly domain: Domain;
  readonly remove: boolean;
  readonly at: number;
}

export interface TimerElement {
  readonly key: string;
  readonly orders: readonly Order[];
}

export interface TimerFiring {
  readonly key: string;
  readonly domain: Domain;
  readonly at: number;
  /** The times of all timers of the key that have fired. */
  readonly history: readonly number[];
}

interface ModelTimer {
  readonly key: string;
  readonly domain: Domain;
  readonly at: number;
}

/** Timers as a list that is searched through: the earliest goes first, and each firing may set another one. */
export class TimerModel {
  private timers: ModelTimer[] = [];
  private readonly history = new Map<string, number[]>();
  private readonly repeated = new Map<string, number>();
  private readonly reached = { event: Number.NEGATIVE_INFINITY, processing: Number.NEGATIVE_INFINITY };

  constructor(
    private readonly again: number,
    private readonly times: number,
  ) {}

  element({ key, orders }: TimerElement): void {
    for (const { domain, remove, at } of orders) {
      if (remove) this.timers = this.timers.filter((timer) => !isSame(timer, { key, domain, at }));
      else this.set({ key, domain, at });
    }
  }

  advance(domain: Domain, until: number): TimerFiring[] {
    // A watermark that is not higher changes nothing; the clock may stand still and something be due nevertheless.
    if (domain === 'event' && until <= this.reached.event) return [];
    this.reached[domain] = until;
    const fired: TimerFiring[] = [];
    for (;;) {
      const due = this.timers.filter((timer) => timer.domain === domain && timer.at <= until);
      if (due.length === 0) return fired;
      const first = due.reduce((earliest, timer) => (timer.at < earliest.at ? timer : earliest));
      fired.push(this.fire(first));
    }
  }

  private fire(timer: ModelTimer): TimerFiring {
    this.timers = this.timers.filter((other) => other !== timer);
    const { key, domain, at } = timer;
    const history = [...(this.history.get(key) ?? []), at];
    this.history.set(key, history);
    const repeated = this.repeated.get(key) ?? 0;
    if (repeated < this.times) {
      this.repeated.set(key, repeated + 1);
      this.set({ key, domain, at: at + this.again });
    }
    return { key, domain, at, history };
  }

  private set(timer: ModelTimer): void {
    if (!this.timers.some((other) => isSame(other, timer))) this.timers.push(timer);
  }
}

function isSame(a: ModelTimer, b: ModelTimer): boolean {
  return a.key === b.key && a.domain === b.domain && a.at === b.at;
}
