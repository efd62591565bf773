import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckpointLease, CheckpointStorage } from '@sluice/connector-sdk';
import type { FaultLine } from './fault-line.js';
import { tapped } from './tapped.js';

/** The same storage, with the points around a checkpoint's completion. */
export function tapStorage(storage: CheckpointStorage, line: FaultLine, onComplete: () => void): CheckpointStorage {
  return tapped(storage, {
    async acquire(job, signal) {
      const lease = await storage.acquire(job, signal);
      return tapped<CheckpointLease>(lease, {
        publish: (checkpoint, manifest) =>
          line.around(
            'publish',
            async () => {
              await lease.publish(checkpoint, manifest);
              onComplete();
            },
            line.takeCheckpointed(),
          ),
      });
    },
  });
}

/** How much input each complete checkpoint covers: written by the process under test, read by its judge after its death. */
export class CompletionLog {
  readonly #file: string;
  #position = 0;

  constructor(folder: string) {
    this.#file = join(folder, 'completed');
  }

  /** The checkpoint under way covers that many items. */
  covers(position: number): void {
    this.#position = position;
  }

  completed(): void {
    // At once and in the kernel's hands: it outlives this process.
    appendFileSync(this.#file, `${this.#position}\n`);
  }

  /** Items that may be visible. */
  read(): number {
    try {
      return Math.max(0, ...readFileSync(this.#file, 'utf8').trim().split('\n').map(Number));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
      throw error;
    }
  }
}
