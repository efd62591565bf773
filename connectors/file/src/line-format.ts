import { isUtf8 } from 'node:buffer';
import type { Decoder } from '@sluice/connector-sdk';
import type { BatchBuilder } from './batch.js';
import { lineBoundaries } from './line-boundaries.js';
import type { RecordFormat } from './record-format.js';
import { contentEnd, type Records } from './records.js';

/** A decoder that takes text as well: the same result as for the UTF-8 bytes of it. */
interface TextDecoder<T> {
  decodeText(text: string): T;
}

/** Each line is a record of `value`. */
export function lineFormat<T>(value: Decoder<T>, emptyLines: 'skip' | 'decode'): RecordFormat<T> {
  const decodesEmpty = emptyLines === 'decode';
  return {
    boundaries: lineBoundaries,
    header: false,
    decoder: () => (records, batch) => {
      // One string for all lines is cheaper than one for each, but only valid UTF-8 has the same lines as text.
      const asText = takesText(value) && isUtf8(records.bytes);
      if (asText) decodeText(value, decodesEmpty, records, batch);
      else decodeBytes(value, decodesEmpty, records, batch);
    },
  };
}

function takesText<T>(decoder: Decoder<T>): decoder is Decoder<T> & TextDecoder<T> {
  return 'decodeText' in decoder && typeof decoder.decodeText === 'function';
}

function decodeBytes<T>(decoder: Decoder<T>, decodesEmpty: boolean, records: Records, batch: BatchBuilder<T>): void {
  const { bytes, offset, ends } = records;
  let start = records.start;
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i] as number;
    const stop = contentEnd(bytes, start, end);
    if (stop > start || decodesEmpty) {
      const line = bytes.subarray(start, stop);
      try {
        batch.accept(decoder.decode(line), offset + end);
      } catch (cause) {
        if (!batch.reject(offset + start, offset + end, line, cause)) return;
      }
    } else {
      batch.pass(offset + end);
    }
    start = end;
  }
}

function decodeText<T>(decoder: TextDecoder<T>, decodesEmpty: boolean, records: Records, batch: BatchBuilder<T>): void {
  const { bytes, offset, ends } = records;
  let start = records.start;
  const last = ends[ends.length - 1] as number;
  const text = bytes.toString('utf8', start, last);
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i] as number;
    const stop = contentEnd(bytes, start, end);
    if (stop > start || decodesEmpty) {
      // The terminator is ASCII, so it is as long in the text as in the bytes.
      const newline = text.indexOf('\n', from);
      const to = newline < 0 ? text.length : newline + 1;
      try {
        batch.accept(decoder.decodeText(text.slice(from, to - (end - stop))), offset + end);
      } catch (cause) {
        if (!batch.reject(offset + start, offset + end, bytes.subarray(start, stop), cause)) return;
      }
      from = to;
    } else {
      batch.pass(offset + end);
      from += end - start;
    }
    start = end;
  }
}
