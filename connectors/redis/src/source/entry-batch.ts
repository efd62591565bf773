import type { SluiceError, SourceBatch, SourceSideOutput } from '@sluice/connector-sdk';
import { timestampOf } from '../stream-id.js';
import type { RawEntry } from './read-after.js';
import { streamEntry } from './stream-entry.js';
import { badEntry } from './stream-error.js';
import type { StreamPosition } from './stream-position.js';
import type { StreamSettings } from './stream-settings.js';

export interface EntryBatch<T> {
  /** Undefined when there is nothing in it. */
  readonly batch: SourceBatch<T, StreamPosition> | undefined;
  /** Why nothing can follow it. */
  readonly failure: SluiceError | undefined;
}

/** Makes a batch of entries, bad ones as the policy says. */
export function entryBatch<T>(
  settings: Pick<StreamSettings<T>, 'component' | 'value' | 'poison'>,
  stream: string,
  entries: readonly RawEntry[],
  hasMore: boolean,
  skipped: { add(delta?: number): void },
): EntryBatch<T> {
  const { component, value, poison } = settings;
  const values: T[] = [];
  const timestamps: number[] = [];
  const positions: StreamPosition[] = [];
  const sideOutputs: SourceSideOutput[] = [];
  let failure: SluiceError | undefined;
  let end: StreamPosition | undefined;
  for (const { position, pairs } of entries) {
    const { id } = position;
    const timestamp = timestampOf(id);
    const entry = streamEntry(stream, id, timestamp, pairs);
    try {
      values.push(value(entry));
      timestamps.push(timestamp);
      positions.push(position);
    } catch (cause) {
      if (poison === 'fail') {
        failure = badEntry(component, stream, id, cause);
        break;
      }
      if (poison === 'skip') skipped.add();
      else sideOutputs.push({ target: poison, value: { entry, cause }, before: values.length });
    }
    end = position;
  }
  if (end === undefined) return { batch: undefined, failure };
  const last = values.length - 1;
  const ended = end;
  return {
    batch: {
      values,
      timestamps,
      hasMore,
      ...(sideOutputs.length > 0 ? { sideOutputs } : {}),
      positionAfter: (index) => (index < last ? (positions[index] ?? ended) : ended),
    },
    failure,
  };
}
