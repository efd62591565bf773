import { SluiceError } from '@sluice/connector-sdk';

/** A position that its partition does not have any more. Never set to another one silently: that would lose or repeat records. */
export function outOfRange(
  component: string,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  offset: bigint,
  { first, end }: { readonly first: bigint; readonly end: bigint },
): SluiceError {
  const deleted = offset < first;
  return new SluiceError({
    code: 'SLUICE_KAFKA_OFFSET_GONE',
    component,
    expected: `${topic}, partition ${partition}, to have offset ${offset}, which is next`,
    actual: `offsets ${first} to ${end}`,
    permanent: true,
    remedy: deleted
      ? 'retention has passed the position: what was before is lost; keep records longer (`retention.ms`), and start afresh, or from a savepoint within the range'
      : 'the topic was created anew or has lost its end: start afresh, or from a savepoint within the range',
  });
}
