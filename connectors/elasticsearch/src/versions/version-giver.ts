import { type PluginContext, SluiceError } from '@sluice/connector-sdk';
import type { VersionedEntry } from '../documents/document-write.js';
import type { Entry } from '../entry/entry.js';
import { ownerOfVersion, type VersionBlock } from './claim.js';
import { fenced, type VersionRegistry } from './registry.js';

/** Where versions come from, and what it means that a document has a higher one. */
export interface VersionGiver {
  /** Gives each entry without a version the next one. */
  give<T>(entries: readonly Entry<T>[]): Promise<readonly VersionedEntry<T>[]>;
  /** A document was found at `stored`, which is not below what it was to be given. Returns when that is as it should be. */
  judgeStale(stored: number | undefined): Promise<void>;
}

/** The element tells its version: whatever is as high or higher is the same, or newer. */
export const versionsOfTheUser: VersionGiver = {
  give: async (entries) => entries.map(versioned),
  judgeStale: async () => {},
};

/** Other documents may have higher versions than the one that was met. */
const ROOM = 2 ** 30;

/**
 * Versions of this run, from blocks of the registry: higher than those of every run before, and than every earlier write of this one.
 *
 * @throws SLUICE_FENCED once a later run has registered; SLUICE_ELASTICSEARCH_FOREIGN_VERSION for a document with a version that was never
 * given out: its writes would all be taken for stale, and lost without a word
 */
export class RegisteredVersions implements VersionGiver {
  #next: number;
  #last: number;
  /** In the order in which they were written, also when those of an earlier batch could not be given theirs just then. */
  readonly #waiting = new Set<Entry<unknown>>();
  /** One block for all that wait. */
  #claiming: Promise<void> | undefined;

  constructor(
    block: VersionBlock,
    private readonly registry: Pick<VersionRegistry, 'claim' | 'read'>,
    private readonly component: string,
    private readonly context: Pick<PluginContext, 'job' | 'uid' | 'incarnation' | 'epoch'>,
  ) {
    this.#next = block.first;
    this.#last = block.last;
  }

  async give<T>(entries: readonly Entry<T>[]): Promise<readonly VersionedEntry<T>[]> {
    for (const entry of entries) if (entry.version === undefined) this.#waiting.add(entry);
    this.#number();
    while (entries.some(({ version }) => version === undefined)) {
      this.#claiming ??= this.#claimAnother();
      await this.#claiming;
      this.#number();
    }
    return entries.map(versioned);
  }

  async judgeStale(stored: number | undefined): Promise<void> {
    if (stored !== undefined && stored < this.#next) return;
    const owner = ownerOfVersion(await this.registry.read(), this.context, stored);
    if (owner === 'later run') throw fenced(this.component, this.context);
    if (owner === 'stranger') throw this.#foreign(stored);
  }

  #number(): void {
    for (const entry of this.#waiting) {
      if (this.#next > this.#last) return;
      entry.version = this.#next++;
      this.#waiting.delete(entry);
    }
  }

  async #claimAnother(): Promise<void> {
    try {
      // Above its own, even when somebody has deleted the registry meanwhile.
      const { first, last } = await this.registry.claim({ again: true, floor: this.#last + 1 });
      this.#next = first;
      this.#last = last;
    } finally {
      this.#claiming = undefined;
    }
  }

  #foreign(stored = 0): SluiceError {
    return new SluiceError({
      code: 'SLUICE_ELASTICSEARCH_FOREIGN_VERSION',
      component: this.component,
      expected: 'documents that carry versions of this sink alone',
      actual:
        stored === 0 ? 'others, and no registration of this sink' : `version ${stored}, which was never given out`,
      remedy: `let nobody else write these documents; to write over them, set \`versionFloor\` above all of their versions, such as ${stored + ROOM}`,
    });
  }
}

function versioned<T>(entry: Entry<T>): VersionedEntry<T> {
  return entry as VersionedEntry<T>;
}
