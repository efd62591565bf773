import type { FaultLine, Strike } from './fault-line.js';

/** Lets the first of several commits of one checkpoint through, and strikes when it is done while the others wait. */
export class CommitGate {
  #waiting: (() => void)[] = [];
  #strike: Strike | undefined;

  constructor(private readonly line: FaultLine) {}

  async pass<R>(commit: () => Promise<R>): Promise<R> {
    const first = await this.#turn();
    const result = await commit();
    if (first) await this.#strike?.();
    return result;
  }

  /** Commits that belong together are asked for in one go; true for the one that goes alone. */
  #turn(): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#waiting.length === 0) setImmediate(() => this.#open());
      this.#waiting.push(() => resolve(this.#strike !== undefined));
    });
  }

  #open(): void {
    const together = this.#waiting.splice(0);
    const strike = together.length > 1 ? this.line.at('afterFirstOfSeveralCommits') : undefined;
    if (strike === undefined) {
      for (const go of together) go();
      return;
    }
    const [first, ...others] = together;
    this.#strike = async () => {
      this.#strike = undefined;
      await strike();
      for (const go of others) go();
    };
    first?.();
  }
}
