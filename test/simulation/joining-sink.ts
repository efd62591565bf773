import { defineSink, structuredCodec, type TransactionalSink } from '@sluice/connector-sdk';

interface Epoch<T> {
  readonly id: string;
  readonly values: readonly T[];
}

/** What `memoryCheckpoints` gives to those who write beside a manifest. */
interface MemoryTransaction {
  onCommit(apply: () => void): void;
}

export interface JoiningSink<T> extends TransactionalSink<T, Epoch<T>> {
  /** What is visible. */
  readonly values: readonly T[];
  /** Epochs that became visible with their manifest, and after it. */
  readonly counts: { together: number; afterwards: number };
  /** Ids of epochs that some checkpoint was asked to keep. */
  readonly encoded: ReadonlySet<string>;
}

/** A table in the memory of the checkpoint storage: its rows become visible with the manifest, where they can. It outlives every run. */
export function joiningSink<T>(): JoiningSink<T> {
  const values: T[] = [];
  const ledger = new Set<string>();
  const encoded = new Set<string>();
  const counts = { together: 0, afterwards: 0 };
  let newest = 0;
  let epochs = 0;
  const add = ({ id, values: rows }: Epoch<T>): boolean => {
    if (ledger.has(id)) return false;
    ledger.add(id);
    values.push(...rows);
    return true;
  };
  const codec = structuredCodec<Epoch<T>>();
  const sink = defineSink<T, Epoch<T>>({
    name: 'joining',
    guarantee: 'transactional',
    committableCodec: {
      ...codec,
      encode(epoch) {
        encoded.add(epoch.id);
        return codec.encode(epoch);
      },
    },
    open: async ({ epoch }) => ({
      begin() {
        const rows: T[] = [];
        return {
          write: (value) => void rows.push(value),
          prepare: async () => [{ id: `${epoch}/${++epochs}`, values: rows }],
          abort: async () => {},
        };
      },
      close: async () => {},
    }),
    openCommitter: async ({ incarnation, epoch }) => ({
      resource: `memory:${incarnation}`,
      async recover() {
        newest = Math.max(newest, epoch);
      },
      async commit(committable) {
        if (epoch < newest) return { status: 'failed', cause: 'superseded' };
        if (!add(committable)) return { status: 'alreadyCommitted', proof: committable.id };
        counts.afterwards++;
        return { status: 'committed' };
      },
      async commitWithin(transaction, committables) {
        for (const committable of committables) {
          (transaction as MemoryTransaction).onCommit(() => {
            if (add(committable)) counts.together++;
          });
        }
      },
      close: async () => {},
    }),
  });
  return Object.assign(sink, { values, counts, encoded });
}
