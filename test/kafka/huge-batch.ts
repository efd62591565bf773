import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';

/**
 * Writes `count` records in one batch, as no producer of JavaScript does in reasonable time: a request in the bytes of the protocol
 * (Produce, version 3; record batch, version 2).
 */
export async function writeHugeBatch(broker: string, topic: string, count: number): Promise<void> {
  const batch = recordBatch(count);
  const body = Buffer.concat([
    int16(0),
    int16(3),
    int32(1),
    text('huge'),
    int16(-1),
    int16(-1),
    int32(30_000),
    int32(1),
    text(topic),
    int32(1),
    int32(0),
    int32(batch.length),
    batch,
  ]);
  const [host = '', port] = broker.split(':');
  const answer = await new Promise<Buffer>((resolve, reject) => {
    const socket = connect(Number(port), host, () => socket.write(Buffer.concat([int32(body.length), body])));
    socket.once('data', (bytes) => {
      socket.destroy();
      resolve(bytes);
    });
    socket.once('error', reject);
  });
  // Size, correlation, one topic with its name, one partition with its number: then the code of the error.
  const error = answer.readInt16BE(4 + 4 + 4 + 2 + Buffer.byteLength(topic) + 4 + 4);
  if (error !== 0) throw new Error(`the broker refused the batch: ${error}`);
}

function recordBatch(count: number): Buffer {
  const records: Buffer[] = [];
  for (let offset = 0; offset < count; offset++) {
    const record = Buffer.concat([
      Buffer.of(0, 0),
      varint(offset),
      varint(-1),
      varint(1),
      Buffer.from('1'),
      Buffer.of(0),
    ]);
    records.push(varint(record.length), record);
  }
  const now = int64(BigInt(Date.now()));
  const checked = Buffer.concat([
    // Compressed by gzip.
    int16(1),
    int32(count - 1),
    now,
    now,
    int64(-1n),
    int16(-1),
    int32(-1),
    int32(count),
    gzipSync(Buffer.concat(records)),
  ]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32BE(crc32c(checked));
  return Buffer.concat([int64(0n), int32(4 + 1 + 4 + checked.length), int32(-1), Buffer.of(2), crc, checked]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function text(value: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}

function crc32c(bytes: Buffer): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f6_3b78 : crc >>> 1;
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}
