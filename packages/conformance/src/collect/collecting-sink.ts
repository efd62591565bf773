import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineSink, structuredCodec, type TransactionalSink } from '@sluice/connector-sdk';
import type { ConformanceItem } from '../kit/item.js';

interface CollectedEpoch {
  readonly name: string;
}

/** Where items are collected exactly once, by files that survive the process: the other end of a source under test. */
export class Collection {
  readonly #staged: string;
  readonly #committed: string;

  constructor(folder: string) {
    this.#staged = join(folder, 'staged');
    this.#committed = join(folder, 'committed');
    for (const part of [this.#staged, this.#committed]) mkdirSync(part, { recursive: true });
  }

  /** In the order of their checkpoints. */
  items(): ConformanceItem[] {
    const epochs = readdirSync(this.#committed).sort();
    return epochs.flatMap((name) => JSON.parse(readFileSync(join(this.#committed, name), 'utf8')) as ConformanceItem[]);
  }

  get hasStaged(): boolean {
    return readdirSync(this.#staged).length > 0;
  }

  sink<T>(itemOf: (element: T) => ConformanceItem): TransactionalSink<T, CollectedEpoch> {
    return defineSink<T, CollectedEpoch>({
      name: 'conformance-collection',
      guarantee: 'transactional',
      committableCodec: structuredCodec<CollectedEpoch>(),
      open: async () => ({
        begin: () => {
          const items: ConformanceItem[] = [];
          return {
            write(element) {
              const { id, key, text } = itemOf(element);
              items.push({ id, key, text });
              return undefined;
            },
            prepare: async (checkpoint) => [this.#stage(checkpoint, items)],
            abort: async () => {},
          };
        },
        close: async () => {},
      }),
      openCommitter: async () => ({
        recover: async (restored) => this.#rollBackAllBut(new Set(restored.map(({ name }) => name))),
        commit: async ({ name }) => {
          // A rename is done or not: whichever it was when a process died, doing it again is right.
          if (readdirSync(this.#staged).includes(name))
            renameSync(join(this.#staged, name), join(this.#committed, name));
          else if (readdirSync(this.#committed).includes(name)) return { status: 'alreadyCommitted', proof: name };
          else return { status: 'failed', cause: new Error(`${name} is lost`) };
          return { status: 'committed' };
        },
        close: async () => {},
      }),
    });
  }

  #stage(checkpoint: number, items: readonly ConformanceItem[]): CollectedEpoch {
    const name = `${String(checkpoint).padStart(9, '0')}-${randomUUID()}`;
    writeFileSync(join(this.#staged, name), JSON.stringify(items));
    return { name };
  }

  #rollBackAllBut(kept: ReadonlySet<string>): void {
    for (const name of readdirSync(this.#staged)) if (!kept.has(name)) rmSync(join(this.#staged, name));
  }
}
