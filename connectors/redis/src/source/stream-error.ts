import { SluiceError } from '@sluice/connector-sdk';

export function streamTrimmed(component: string, stream: string, after: string, gap: 'trimmed' | 'reset'): SluiceError {
  return new SluiceError({
    code: 'SLUICE_REDIS_STREAM_TRIMMED',
    permanent: true,
    component,
    expected: `every entry of stream ${JSON.stringify(stream)} behind ${after}`,
    actual:
      gap === 'trimmed' ? 'entries that were deleted before they were read' : 'a stream that was deleted or replaced',
    remedy: "keep more entries (MAXLEN, MINID); to go on behind what is lost, set `trimmed: 'report'`",
  });
}

/** The error of a job that is to fail at an entry. What was thrown is its cause; its own words are free of the payload. */
export function badEntry(component: string, stream: string, id: string, cause: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_REDIS_STREAM_ENTRY',
    component,
    expected: `an entry that \`value\` takes at ${id} of stream ${JSON.stringify(stream)}`,
    actual: reason(cause),
    remedy: 'correct `value`, or choose another `poison` policy to go on without the entry',
    cause,
  });
}

/** What kind of error it is and not its message: parsers quote the payload in theirs. */
function reason(cause: unknown): string {
  if (SluiceError.isInstance(cause)) return `${cause.actual} (${cause.code})`;
  return cause instanceof Error ? `a ${cause.name}` : `a thrown ${typeof cause}`;
}
