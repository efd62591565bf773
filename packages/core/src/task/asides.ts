import type { Pace } from './pace.js';

/** Work that is done in small slices beside the stream: state that is encoded. */
export class Asides {
  private readonly steps = new Set<() => boolean>();

  constructor(private readonly pace: Pace) {}

  /** Something is left to do. */
  get pending(): boolean {
    return this.steps.size > 0;
  }

  /** `work` goes on in each slice until it answers true; resolves then, and rejects with what it throws. */
  add(work: (stop: () => boolean) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.steps.add(() => {
        try {
          if (!work(() => this.pace.asideOver())) return false;
        } catch (error) {
          reject(error);
          return true;
        }
        resolve();
        return true;
      });
    });
  }

  /** One slice. */
  step(): void {
    this.pace.beginAside();
    for (const step of this.steps) {
      if (step()) this.steps.delete(step);
      if (this.pace.asideOver()) return;
    }
  }
}
