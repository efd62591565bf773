import { settle } from '../clock/settle.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import type { SeededRandom } from '../random/seeded-random.js';

/** Whose turns, timers and calls are held while it is frozen. */
export interface Actor {
  readonly frozen: boolean;
  /** Calls of plugins that have not come back and do not wait for the virtual clock either. */
  readonly outside: number;
}

interface Turn {
  readonly actor: Actor;
  take(): void;
}

/** Milliseconds that may pass while there is still something to do. */
const HASTE = 10;
/** How often they do. */
const HASTE_CHANCE = 1 / 8;

/**
 * Everything that happens in a simulation happens in steps, one after the other: somebody's turn, or the next timer. The random
 * generator chooses among those that are possible.
 */
export class World {
  readonly clock: VirtualClock;
  private turns: Turn[] = [];
  private readonly actors = new Set<Actor>();
  /** Grows with whatever happens. */
  private activity = 0;

  constructor(
    private readonly random: SeededRandom,
    options: {
      readonly start?: number;
      readonly patience?: number;
      readonly told?: ((time: number) => number) | undefined;
    } = {},
  ) {
    this.clock = new VirtualClock(options.start ?? 0);
    this.patience = options.patience ?? 0;
    this.told = options.told ?? ((time) => time);
  }

  /** What the clock of a process says when it is so late: it may be set, stand still, or go wrong. */
  readonly told: (time: number) => number;

  /** Real milliseconds that a call of a plugin may take before time passes without it. */
  private readonly patience: number;

  join(actor: Actor): void {
    this.actors.add(actor);
  }

  leave(actor: Actor): void {
    this.actors.delete(actor);
    const gone = this.turns.filter((turn) => turn.actor === actor);
    this.turns = this.turns.filter((turn) => turn.actor !== actor);
    for (const turn of gone) turn.take();
  }

  /** Resolves when it is the actor's turn. */
  turn(actor: Actor): Promise<void> {
    return new Promise((resolve) => {
      this.turns.push({ actor, take: resolve });
      this.activity++;
    });
  }

  /** Something came back from outside. */
  happened(): void {
    this.activity++;
  }

  /** Takes one step, without going beyond a time, and waits for what comes of it. Answers false when there is none up to there. */
  async step(until = Number.POSITIVE_INFINITY): Promise<boolean> {
    if (!(await this.act(until))) return false;
    await settle();
    return true;
  }

  private async act(until: number): Promise<boolean> {
    const { clock, random } = this;
    const ready = this.turns.filter(({ actor }) => !actor.frozen);
    const due = clock.next <= until;
    if (ready.length === 0) {
      if (await this.comesBack()) return true;
      if (!due) return false;
      return clock.fireNext();
    }
    if (due && clock.next <= clock.now() + HASTE && random.chance(HASTE_CHANCE)) return clock.fireNext();
    const turn = random.pick(ready);
    this.turns.splice(this.turns.indexOf(turn), 1);
    turn.take();
    return true;
  }

  /** Waits in real time for calls that are really outside. Answers true when one of them came back. */
  private async comesBack(): Promise<boolean> {
    const before = this.activity;
    const giveUp = performance.now() + this.patience;
    while ([...this.actors].some(({ outside }) => outside > 0)) {
      if (this.activity !== before) return true;
      if (performance.now() >= giveUp) return false;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return this.activity !== before;
  }
}
