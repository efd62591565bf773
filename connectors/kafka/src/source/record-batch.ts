import type { SluiceError, SourceBatch, SourceSideOutput } from '@sluice/connector-sdk';
import type { FetchedRecord } from '../client/record.js';
import type { Portion } from './partition-channel.js';
import type { PoisonPolicy, PoisonRecord } from './poison.js';
import { poisonError } from './poison-error.js';
import type { KafkaSplit } from './split.js';

/** Makes the value of a record; throws for one that is poison. */
export type DecodeRecord<T> = (record: FetchedRecord, split: KafkaSplit) => T | typeof LEFT_OUT;

/** Instead of a value: the record is neither delivered nor poison. */
export const LEFT_OUT = Symbol('left out');

export interface BatchSettings<T> {
  readonly component: string;
  readonly decode: DecodeRecord<T>;
  readonly policy: PoisonPolicy;
  readonly poison: { add(delta?: number): void };
}

/** A batch, and why nothing can follow it: what came before a poison record is delivered before the job fails at it. */
export interface RecordBatch<T> {
  readonly batch: SourceBatch<T, bigint> | undefined;
  readonly failure: SluiceError | undefined;
}

export function recordBatch<T>(
  { component, decode, policy, poison }: BatchSettings<T>,
  split: KafkaSplit,
  { records, nextOffset, hasMore }: Portion,
  progress: number | undefined,
): RecordBatch<T> {
  const { topic, partition } = split;
  const values: T[] = [];
  const timestamps: number[] = [];
  // Made when the first record is not delivered: until then value n is of record n.
  let delivered: FetchedRecord[] | undefined;
  let sides: SourceSideOutput[] | undefined;
  let failure: SluiceError | undefined;
  let end = nextOffset;
  for (let index = 0; index < records.length; index++) {
    const record = records[index] as FetchedRecord;
    try {
      const value = decode(record, split);
      if (value !== LEFT_OUT) {
        values.push(value);
        const { timestamp } = record;
        // Kafka's word for none is −1.
        timestamps.push(timestamp < 0 ? Number.NaN : timestamp);
        delivered?.push(record);
        continue;
      }
    } catch (cause) {
      const { offset } = record;
      poison.add();
      if (policy === 'fail') {
        failure = poisonError(component, { topic, partition, offset }, cause);
        end = offset;
        break;
      }
      if (policy !== 'skip') {
        // A copy: it outlives the answer that the record came in.
        const value: PoisonRecord = { topic, partition, offset, bytes: new Uint8Array(record.value ?? []), cause };
        sides ??= [];
        sides.push({ target: policy, value, before: values.length });
      }
    }
    delivered ??= records.slice(0, index);
  }
  if (failure !== undefined && values.length === 0 && sides === undefined) return { batch: undefined, failure };
  const last = values.length - 1;
  const of = delivered ?? records;
  return {
    failure,
    batch: {
      values,
      timestamps,
      progress,
      hasMore,
      // Without values the position only moves on with side outputs, be there none.
      sideOutputs: sides ?? (values.length === 0 ? [] : undefined),
      positionAfter: (index) => (index < last ? (of[index]?.offset ?? 0n) + 1n : end),
    },
  };
}
