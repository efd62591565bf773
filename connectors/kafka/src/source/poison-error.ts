import { SluiceError } from '@sluice/connector-sdk';

/** The error of a job that is to fail at a record. What was thrown is its cause; its own words are free of the payload. */
export function poisonError(
  component: string,
  { topic, partition, offset }: { readonly topic: string; readonly partition: number; readonly offset: bigint },
  cause: unknown,
): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_RECORD',
    component,
    expected: `a record that can be decoded at offset ${offset} of ${topic}, partition ${partition}`,
    actual: reason(cause),
    remedy: 'correct the producer and choose another `poison` policy to go on without the record',
    cause,
  });
}

/** A record without a value, where one is needed. */
export function tombstone(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_TOMBSTONE',
    component,
    expected: 'a record with a value',
    actual: 'a tombstone',
    remedy: 'say with `tombstones` what stands for a deleted key, or leave them out',
  });
}

/** What kind of error it is and not its message: parsers quote the payload in theirs. */
function reason(cause: unknown): string {
  if (SluiceError.isInstance(cause)) return `${cause.actual} (${cause.code})`;
  if (!(cause instanceof Error)) return `a thrown ${typeof cause}`;
  return 'code' in cause && typeof cause.code === 'string' ? `${cause.name} ${cause.code}` : `a ${cause.name}`;
}
