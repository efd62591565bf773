import { setTimeout as sleep } from 'node:timers/promises';
import type { Source, SourceBatch, SourceReader } from '@sluice/connector-sdk';
import type { Mistake } from '../faults/fault.js';
import type { Pace } from '../workload/payment-source.js';

/** The same source, but it gives its elements little by little, so that a run has many checkpoints; or with a mistake. */
export function pacedSource<T>(
  source: Source<T>,
  pace: Pace,
  mistake: Mistake | undefined,
  onRead: (count: number) => void,
): Source<T> {
  return {
    ...source,
    async open(context) {
      const reader: SourceReader<T, unknown, unknown> = await source.open(context);
      const ahead = new Map<string, number>();
      return {
        async *read(split, position, signal) {
          for await (const batch of batchesOf(reader, split, position, signal, mistake)) {
            if (batch.values.length === 0) yield batch;
            for (let from = 0; from < batch.values.length; from += pace.batch) {
              do await sleep(pace.every, undefined, { signal });
              while ((ahead.get(split.id) ?? 0) >= pace.ahead);
              const piece = pieceOf(batch, from, Math.min(from + pace.batch, batch.values.length), mistake);
              ahead.set(split.id, (ahead.get(split.id) ?? 0) + piece.values.length);
              onRead(piece.values.length);
              yield piece;
            }
          }
        },
        async checkpointComplete(checkpoint, positions) {
          ahead.clear();
          await reader.checkpointComplete?.(checkpoint, positions);
        },
        close: () => reader.close(),
      };
    },
  };
}

function pieceOf<T>(
  batch: SourceBatch<T, unknown>,
  from: number,
  until: number,
  mistake: Mistake | undefined,
): SourceBatch<T, unknown> {
  const last = until === batch.values.length;
  const { values, timestamps, hasMore, sideOutputs } = batch;
  const sides = sideOutputs?.filter(({ before }) => before >= from && (before < until || last));
  return {
    values: Array.prototype.slice.call(values, from, until),
    ...(timestamps === undefined ? {} : { timestamps: Array.prototype.slice.call(timestamps, from, until) }),
    ...(hasMore === undefined ? {} : { hasMore: hasMore || !last }),
    ...(sides && { sideOutputs: sides.map((side) => ({ ...side, before: side.before - from })) }),
    positionAfter(index) {
      const position = batch.positionAfter(from + index);
      return mistake === 'position off by one' && typeof position === 'bigint' ? position - 1n : position;
    },
  };
}

async function* batchesOf<T>(
  reader: SourceReader<T, unknown, unknown>,
  split: { readonly id: string; readonly split: unknown },
  position: unknown,
  signal: AbortSignal,
  mistake: Mistake | undefined,
): AsyncIterable<SourceBatch<T, unknown>> {
  try {
    yield* reader.read(split, position, signal);
  } catch (error) {
    const { code, actual } = error as { readonly code?: string; readonly actual?: string };
    if (mistake !== 'resets silently' || code !== 'SLUICE_KAFKA_OFFSET_GONE') throw error;
    const first = /\d+/.exec(actual ?? '')?.[0] ?? '0';
    yield* reader.read(split, BigInt(first), signal);
  }
}
