const REPLACEMENT = '\ufffd';

/**
 * What UTF-8 says, several times as fast as a strict `TextDecoder`. Undefined: the bytes are no UTF-8, or have a U+FFFD of their own,
 * which cannot be told apart here.
 */
export function utf8Text(bytes: Buffer, start: number, end: number): string | undefined {
  const text = bytes.toString('utf8', start, end);
  return text.includes(REPLACEMENT) ? undefined : text;
}
