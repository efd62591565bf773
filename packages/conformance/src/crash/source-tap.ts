import { setTimeout as sleep } from 'node:timers/promises';
import type { Source, SourceBatch, SourceReader } from '@sluice/connector-sdk';
import type { FaultLine } from './fault-line.js';
import { tapped } from './tapped.js';

/** How fast elements are let through. */
export interface TapPace {
  /** Elements that are given to the engine at once. */
  readonly batch: number;
  /** At most so many elements are ahead of the newest complete checkpoint, so that there are many of them. */
  readonly ahead: number;
  /** A checkpoint is complete and everything it stands for committed. */
  onAcknowledged?(): Promise<void>;
}

/** The same source, in small batches and with a point before, in and after each of its steps. */
export function tapSource<T, S, P>(source: Source<T, S, P>, line: FaultLine, pace: TapPace): Source<T, S, P> {
  return tapped(source, {
    async open(context) {
      const reader = await source.open(context);
      await line.pass('after-open');
      return tapReader(reader, line, pace);
    },
  });
}

function tapReader<T, S, P>(reader: SourceReader<T, S, P>, line: FaultLine, pace: TapPace): SourceReader<T, S, P> {
  let given = 0;
  let covered = 0;
  let acknowledged = 0;
  return tapped(reader, {
    async *read(split, position, signal) {
      for await (const batch of reader.read(split, position, signal)) {
        for (const part of parts(batch, pace.batch)) {
          while (given - acknowledged >= pace.ahead) await sleep(2, undefined, { signal });
          await line.pass('after-read');
          given += part.values.length;
          yield {
            ...part,
            positionAfter(index) {
              covered = given - part.values.length + index + 1;
              const after = part.positionAfter(index);
              void line.at('after-position')?.();
              return after;
            },
          };
        }
      }
    },
    async checkpointComplete(checkpoint, positions) {
      await line.around('acknowledge', async () => {
        await reader.checkpointComplete?.(checkpoint, positions);
        acknowledged = covered;
      });
      await pace.onAcknowledged?.();
    },
  });
}

/** A batch as several, each with the positions of the whole. One with side outputs stays whole, as they count by its indices. */
function* parts<T, P>(batch: SourceBatch<T, P>, size: number): Generator<SourceBatch<T, P>> {
  const { length } = batch.values;
  if (length <= size || batch.sideOutputs !== undefined) {
    yield batch;
    return;
  }
  for (let from = 0; from < length; from += size) {
    const to = Math.min(length, from + size);
    yield {
      values: Array.prototype.slice.call(batch.values, from, to) as T[],
      ...(batch.timestamps && { timestamps: Array.prototype.slice.call(batch.timestamps, from, to) as number[] }),
      positionAfter: (index) => batch.positionAfter(from + index),
    };
  }
}
