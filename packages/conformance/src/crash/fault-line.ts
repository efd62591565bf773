import { setTimeout as sleep } from 'node:timers/promises';
import type { CrashPoint, Fault } from './fault.js';

/** What a process does when the time of a fault has come. */
export interface FaultActions {
  hold(): Promise<void>;
  suspend(): void;
}

type Strike = () => Promise<void>;

/** Counts how often each point was reached. */
export class FaultLine {
  readonly #reached = new Map<CrashPoint, number>();
  #elements = false;
  #checkpointed = false;

  constructor(
    private readonly faults: readonly Fault[],
    private readonly actions: FaultActions,
  ) {}

  /** To be called each time that the point is reached; what it answers is to be done there. */
  at(point: CrashPoint): Strike | undefined {
    const reached = (this.#reached.get(point) ?? 0) + 1;
    this.#reached.set(point, reached);
    const fault = this.faults.find((one) => one.point === point && one.nth === reached);
    if (fault === undefined) return undefined;
    if (fault.kind === 'hold') return () => this.actions.hold();
    if (fault.kind === 'suspend') return async () => this.actions.suspend();
    return async () => {
      if (fault.delay > 0) await sleep(fault.delay);
      die();
    };
  }

  /** The sink has been given an element. */
  element(): void {
    this.#elements = true;
  }

  /** The sink has come to a barrier: what it was given before belongs to the checkpoint under way. */
  barrier(): void {
    this.#checkpointed ||= this.#elements;
    this.#elements = false;
  }

  /** Whether the checkpoint that is published now has elements that none before it had. */
  takeCheckpointed(): boolean {
    const checkpointed = this.#checkpointed;
    this.#checkpointed = false;
    return checkpointed;
  }

  async pass(point: CrashPoint): Promise<void> {
    await this.at(point)?.();
  }

  /**
   * A step with the points before, during and after it. Without a fault before it, it begins at once, as the caller expects.
   *
   * @param counts Without elements in it a step is not counted: a kill there would show nothing.
   */
  async around<R>(step: string, work: () => Promise<R>, counts = true): Promise<R> {
    if (!counts) return work();
    const before = this.at(`before-${step}`);
    const begun = before === undefined ? work() : before().then(work);
    const during = this.at(`during-${step}`);
    if (during !== undefined) {
      begun.catch(() => {});
      await during();
    }
    const result = await begun;
    await this.pass(`after-${step}`);
    return result;
  }
}

/** As `kill -9` from outside: no handler runs, nothing is flushed. */
function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal is there before the system call returns, but that is a promise of the kernel, not of Node.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
