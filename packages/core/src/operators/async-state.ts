import { ByteReader, ByteWriter, readStructured, SluiceError, writeStructured } from '@sluice/connector-sdk';
import type { CapturedState } from '../stream/barrier.js';
import type { AsyncQueue } from './async-queue.js';

const VERSION = 1;
const ELEMENT = 0;
const WATERMARK = 1;

/** What is under way, as a checkpoint keeps it: the elements, not their results, and the watermarks between them. */
export function captureQueue(uid: string, queue: AsyncQueue): CapturedState {
  const writer = new ByteWriter(256);
  const entries = [...queue.remaining()];
  writer.uint8(VERSION);
  writer.varint(entries.length);
  for (const entry of entries) {
    writer.uint8(entry.watermark === undefined ? ELEMENT : WATERMARK);
    writer.float64(entry.watermark ?? entry.timestamp);
    if (entry.watermark === undefined) writeStructured(writer, entry.value);
  }
  const bytes = writer.finish();
  return {
    uid,
    encode(write) {
      write(bytes);
      return true;
    },
    discard() {},
  };
}

export function restoreQueue(
  bytes: Uint8Array,
  uid: string,
  element: (value: unknown, timestamp: number) => void,
  watermark: (timestamp: number) => void,
): void {
  const reader = new ByteReader(bytes);
  const version = reader.uint8();
  if (version !== VERSION) {
    throw new SluiceError({
      code: 'SLUICE_STATE_VERSION',
      component: uid,
      expected: `elements under way of version ${VERSION}`,
      actual: `version ${version}`,
      remedy: 'restore with the version of this package that wrote the checkpoint, or a newer one',
    });
  }
  const count = reader.count(9);
  for (let index = 0; index < count; index++) {
    const kind = reader.uint8();
    const timestamp = reader.float64();
    if (kind === WATERMARK) watermark(timestamp);
    else element(readStructured(reader), timestamp);
  }
  reader.end();
}
