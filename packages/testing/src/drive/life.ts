import { setMaxListeners } from 'node:events';
import type { Clock, PluginContext } from '@sluice/connector-sdk';
import type { SeededRandom } from '../random/seeded-random.js';
import type { CallDetail, CallFaults, Calls, PluginCall } from './calls.js';
import { guardedSink } from './guarded-sink.js';
import { guardedSource } from './guarded-source.js';
import { guardedStorage } from './guarded-storage.js';
import type { CheckpointPoint, JobRuntime, Pace } from './job-internals.js';
import type { Actor, World } from './world.js';

/** Questions whether the slice is over until it is. */
const BUDGETS = [1, 1, 2, 3, 8, 32, 256] as const;

/**
 * One life of a process: everything that a run reaches the outside with. When it is killed nothing of it gets out any more, and nothing
 * of it is told; while it is frozen nothing of it goes on.
 */
export class Life implements Actor, Calls {
  alive = true;
  frozen = false;
  readonly runtime: JobRuntime;
  private readonly signals = new WeakMap<AbortSignal, AbortSignal>();
  private thawed: Promise<void> = Promise.resolve();
  /** Calls of plugins that have not come back, and how many of them sleep on the virtual clock. */
  private called = 0;
  private asleep = 0;
  private thawNow: () => void = () => {};
  private crashPoint: CheckpointPoint | undefined;
  private crashReached: () => void = () => {};
  private goOn: () => void = () => {};

  constructor(
    private readonly world: World,
    private readonly random: SeededRandom,
    private readonly faults: CallFaults,
  ) {
    world.join(this);
    this.runtime = {
      clock: this.clock(),
      createPace: () => this.pace(),
      random: () => random.next(),
      at: (point) => this.at(point),
      plugins: {
        storage: (storage) => guardedStorage(storage, this),
        source: (source) => guardedSource(source, this),
        sink: (sink) => guardedSink(sink, this),
      },
    };
  }

  get outside(): number {
    return this.called - this.asleep;
  }

  /** From now on it reaches nobody. Its turns go on being given to it, so that what is left of it can end. */
  die(): void {
    this.alive = false;
    this.frozen = false;
    this.thawNow();
  }

  /** Whatever still waits for its turn gets it. */
  bury(): void {
    this.world.leave(this);
  }

  freeze(): void {
    if (this.frozen || !this.alive) return;
    this.frozen = true;
    this.thawed = new Promise((resolve) => {
      this.thawNow = resolve;
    });
  }

  /** It goes on, also from the point at which it was to crash. */
  thaw(): void {
    this.frozen = false;
    this.thawNow();
    this.goOn();
  }

  /** The next checkpoint that comes to this point stops there, and `reached` is called. */
  crashAt(point: CheckpointPoint, reached: () => void): void {
    this.crashPoint = point;
    this.crashReached = reached;
  }

  async call<T>(call: PluginCall, detail: CallDetail, perform: () => Promise<T>): Promise<T> {
    await this.gate();
    try {
      await this.faults.before(call, detail);
      await this.gate();
      const first = await this.reach(perform);
      // What was done before is told: whoever repeats it must see that it was.
      if (this.faults.repeats(call, detail)) await this.again(perform);
      await this.faults.after(call, detail);
      return first;
    } finally {
      await this.gate();
    }
  }

  async courtesy(perform: () => Promise<unknown> | undefined): Promise<void> {
    if (this.frozen) await this.thawed;
    if (this.alive) await this.reach(async () => perform());
  }

  private async again<T>(perform: () => Promise<T>): Promise<void> {
    await this.gate();
    await this.reach(perform);
  }

  private async reach<T>(perform: () => Promise<T>): Promise<T> {
    this.called++;
    try {
      return await perform();
    } finally {
      this.called--;
      this.world.happened();
    }
  }

  async pass<T>(promised: Promise<T>): Promise<T> {
    try {
      return await promised;
    } finally {
      await this.gate();
    }
  }

  full(): Promise<void> | undefined {
    const until = this.faults.full();
    return until === undefined ? undefined : this.pass(until);
  }

  retryAfter(): number | undefined {
    return this.faults.retryAfter();
  }

  context<C extends PluginContext>(context: C): C {
    const { clock } = context;
    const sleep: Clock['sleep'] = async (duration, signal) => {
      this.asleep++;
      try {
        await clock.sleep(duration, signal);
      } finally {
        this.asleep--;
      }
    };
    return { ...context, signal: this.signal(context.signal), clock: { now: () => clock.now(), sleep } };
  }

  signal(signal: AbortSignal): AbortSignal {
    const known = this.signals.get(signal);
    if (known !== undefined) return known;
    const relayed = new AbortController();
    setMaxListeners(0, relayed.signal);
    const relay = (): void => {
      if (this.alive) relayed.abort(signal.reason);
    };
    if (signal.aborted) relay();
    else signal.addEventListener('abort', relay, { once: true });
    this.signals.set(signal, relayed.signal);
    return relayed.signal;
  }

  /** The living go on, the frozen wait, the dead never do. */
  private async gate(): Promise<void> {
    if (this.frozen) await this.thawed;
    if (!this.alive) await new Promise<never>(() => {});
  }

  private async at(point: CheckpointPoint): Promise<void> {
    await this.turn();
    if (this.alive && this.crashPoint === point) {
      this.crashPoint = undefined;
      this.crashReached();
      await new Promise<void>((resolve) => {
        this.goOn = resolve;
      });
    }
    await this.gate();
  }

  /** The dead need not wait for anybody, but their loop must not keep others from going on. */
  turn(): Promise<void> {
    return this.alive ? this.world.turn(this) : new Promise((resolve) => setImmediate(resolve));
  }

  private pace(): Pace {
    let left = 0;
    let asideLeft = 0;
    return {
      stride: 1,
      begin: () => {
        left = this.random.pick(BUDGETS);
      },
      over: () => --left <= 0,
      beginAside: () => {
        asideLeft = this.random.pick(BUDGETS);
      },
      asideOver: () => --asideLeft <= 0,
      pause: () => this.turn(),
    };
  }

  /** An aborted sleep ends even in death: whoever aborts it waits for that. */
  private clock(): Clock {
    const { clock } = this.world;
    return {
      now: () => this.world.told(clock.now()),
      sleep: async (duration, signal) => {
        await clock.sleep(duration, signal);
        if (this.frozen) await this.thawed;
        if (!this.alive) await aborted(signal);
      },
    };
  }
}

/** Rejects when the signal is aborted; else never settles. */
function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal?.aborted) reject(signal.reason);
    else signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
