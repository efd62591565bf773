// What a connector's author writes: a replayable source and a transactional sink, knowing the SDK alone.
import {
  batchWriter,
  type CommitResult,
  type Duration,
  defineSink,
  defineSource,
  json,
  milliseconds,
  SluiceError,
  type Source,
  type SourceBatch,
  structuredCodec,
  type TransactionalSink,
} from '@sluice/connector-sdk';
import { createJob, fromSource, to } from '@sluice/core';
import { map } from 'rxjs';
import type { Ride } from './ride.js';
import { same } from './same.js';

/** A store with segments to read and staged files to publish. */
interface Depot {
  segments(): Promise<readonly string[]>;
  lines(
    segment: string,
    from: bigint,
  ): AsyncIterable<{ readonly line: Uint8Array; readonly number: bigint; readonly at: number }[]>;
  stage(name: string, rows: readonly object[]): Promise<void>;
  publish(name: string): Promise<boolean>;
  isPublished(name: string): Promise<boolean>;
  staged(): Promise<readonly string[]>;
  drop(name: string): Promise<void>;
  close(): Promise<void>;
}
declare function openDepot(address: string): Promise<Depot>;

interface Staged {
  readonly file: string;
  readonly rows: number;
}

export function depotSink<T>(options: { readonly address: string; readonly row: (value: T) => object }) {
  return defineSink<T, Staged>({
    name: 'depot',
    guarantee: 'transactional',
    committableCodec: structuredCodec<Staged>(),
    async check() {
      if (options.address !== '') return;
      throw new SluiceError({
        code: 'SLUICE_DEPOT_ADDRESS',
        component: 'depotSink',
        expected: 'an address',
        actual: 'an empty one',
        remedy: 'set `address`',
      });
    },
    async open(context) {
      const depot = await openDepot(options.address);
      let transactions = 0;
      return {
        begin() {
          const file = `${context.job}-${context.uid}-${context.epoch}-${transactions++}`;
          let rows = 0;
          const writer = batchWriter(context, {
            maxCount: 1000,
            linger: '20ms',
            retry: { attempts: 3, initial: '100ms' },
            async write(batch) {
              await depot.stage(file, batch.map(options.row));
              rows += batch.length;
              return undefined;
            },
          });
          return {
            write: (value, timestamp) => writer.write(value, timestamp),
            async prepare(checkpoint) {
              same<typeof checkpoint, number>();
              await writer.flush();
              return [{ file, rows }];
            },
            async abort() {
              await writer.close();
              await depot.drop(file);
            },
          };
        },
        close: () => depot.close(),
      };
    },
    async openCommitter() {
      const depot = await openDepot(options.address);
      return {
        async recover(restored) {
          const keep = new Set(restored.map(({ file }) => file));
          for (const file of await depot.staged()) if (!keep.has(file)) await depot.drop(file);
        },
        async commit({ file }): Promise<CommitResult> {
          if (await depot.isPublished(file)) return { status: 'alreadyCommitted', proof: file };
          if (await depot.publish(file)) return { status: 'committed' };
          return { status: 'retryLater', after: '1s', cause: 'busy' };
        },
        close: () => depot.close(),
      };
    },
  });
}
const sink = depotSink({ address: 'depot:', row: (ride: Ride) => ({ bike: ride.bike }) });
same<typeof sink, TransactionalSink<Ride, Staged>>();

export function depotSource(options: { readonly address: string; readonly poll?: Duration }) {
  return defineSource({
    name: 'depot',
    bounded: true,
    replayable: true,
    positionCodec: structuredCodec<bigint>(),
    async discover() {
      const depot = await openDepot(options.address);
      return (await depot.segments()).map((id) => ({ id, split: { pollMs: milliseconds(options.poll ?? 500) } }));
    },
    async open() {
      const depot = await openDepot(options.address);
      const format = json<Ride>();
      return {
        async *read({ id, split }, position, signal) {
          same<typeof split, { pollMs: number }>();
          same<typeof position, bigint | undefined>();
          signal.throwIfAborted();
          for await (const lines of depot.lines(id, position ?? 0n)) {
            const batch: SourceBatch<Ride, bigint> = {
              values: lines.map(({ line }) => format.decode(line)),
              timestamps: lines.map(({ at }) => at),
              positionAfter: (index) => (lines[index]?.number ?? 0n) + 1n,
            };
            yield batch;
          }
        },
        close: () => depot.close(),
      };
    },
  });
}
const source = depotSource({ address: 'depot:' });
same<typeof source, Source<Ride, { pollMs: number }, bigint>>();

export const documents = defineSink<Ride>({
  name: 'documents',
  guarantee: 'idempotent',
  keyOf: (ride) => `${ride.bike}/${ride.endedAt}`,
  open: async () => ({ write: () => undefined, flush: async () => {}, close: async () => {} }),
});

export default createJob('depot', [
  fromSource(source).pipe(
    map((ride) => ({ ...ride, kilometres: ride.metres / 1000 })),
    to(depotSink({ address: 'depot:', row: (ride) => ({ km: ride.kilometres.toFixed(1) }) })),
  ),
  fromSource(source).pipe(to(documents)),
]);

const keyless = { name: 'x', guarantee: 'idempotent', open: documents.open } as const;
// @ts-expect-error an idempotent sink says by which key
defineSink<Ride>(keyless);
