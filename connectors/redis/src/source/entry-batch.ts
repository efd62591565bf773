import type { SluiceError, SourceBatch, SourceSideOutput } from '@sluice/connector-sdk';
import { timestampOf } from '../stream-id.js';
import type { RawEntry } from './read-after.js';
import { streamEntry } from './stream-entry.js';
import { badEntry } from './stream-error.js';
import type { StreamSettings } from './stream-settings.js';

export interface EntryBatch<T> {
  /** Undefined when there is nothing in it. */
  readonly batch: SourceBatch<T, string> | undefined;
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
  const ids: string[] = [];
  const sideOutputs: SourceSideOutput[] = [];
  let failure: SluiceError | undefined;
  let end = '';
  for (const { id, pairs } of entries) {
    const timestamp = timestampOf(id);
    const entry = streamEntry(stream, id, timestamp, pairs);
    try {
      values.push(value(entry));
      timestamps.push(timestamp);
      ids.push(id);
    } catch (cause) {
      if (poison === 'fail') {
        failure = badEntry(component, stream, id, cause);
        break;
      }
      if (poison === 'skip') skipped.add();
      else sideOutputs.push({ target: poison, value: { entry, cause }, before: values.length });
    }
    end = id;
  }
  const last = values.length - 1;
  const batch: SourceBatch<T, string> = {
    values,
    timestamps,
    hasMore,
    ...(sideOutputs.length > 0 ? { sideOutputs } : {}),
    positionAfter: (index) => (index < last ? (ids[index] ?? end) : end),
  };
  return { batch: end === '' ? undefined : batch, failure };
}
