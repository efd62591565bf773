import { SluiceError } from '@sluice/connector-sdk';

const ELSE = 'choose another `poison` policy to go on without it';

/** The error of a job that is to fail at a bad line. What was thrown is its cause; its own words are free of the payload. */
export function badLine(component: string, file: string, offset: number, cause: unknown): SluiceError {
  if (cause instanceof MalformedLine) return cause;
  return new SluiceError({
    code: 'SLUICE_FILE_LINE',
    component,
    expected: `a line that can be decoded at byte ${offset} of ${file}`,
    actual: reason(cause),
    remedy: `correct the line, or ${ELSE}`,
    cause,
  });
}

/** A line that is wrong before any decoder sees it. */
class MalformedLine extends SluiceError {}

export function lineTooLong(component: string, file: string, offset: number, maxLineBytes: number): SluiceError {
  return new MalformedLine({
    code: 'SLUICE_FILE_LINE_TOO_LONG',
    component,
    expected: `lines of at most ${maxLineBytes} bytes`,
    actual: `a longer one at byte ${offset} of ${file}`,
    remedy: `raise \`maxLineBytes\`, or ${ELSE}`,
  });
}

export function malformedLine(
  component: string,
  file: string,
  offset: number,
  expected: string,
  actual: string,
): SluiceError {
  return new MalformedLine({
    code: 'SLUICE_FILE_LINE',
    component,
    expected: `${expected} at byte ${offset} of ${file}`,
    actual,
    remedy: `correct the line, or ${ELSE}`,
  });
}

/** What kind of error it is and not its message: parsers quote the payload in theirs. */
function reason(cause: unknown): string {
  if (SluiceError.isInstance(cause)) return `${cause.actual} (${cause.code})`;
  if (!(cause instanceof Error)) return `a thrown ${typeof cause}`;
  return 'code' in cause && typeof cause.code === 'string' ? `${cause.name} ${cause.code}` : `a ${cause.name}`;
}
