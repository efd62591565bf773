import type { Broker } from 'kafkajs';
import { expect, test } from 'vitest';
import { withOwnDecoding } from './own-decoding.js';

interface Sent {
  readonly response: { decode(body: Buffer): Promise<unknown> };
}

/** A broker as kafkajs has them, whose answers are read by `decode`. */
class TestBroker {
  readonly lookupRequest: unknown;

  constructor(call: object | undefined) {
    this.lookupRequest = call && (() => () => call);
  }

  fetch(body: Buffer): Promise<unknown> {
    const lookup = this.lookupRequest as () => () => Sent;
    return lookup()().response.decode(body);
  }
}

function decoded(version: unknown, body: Buffer, apiName = 'Fetch'): Promise<unknown> {
  const call = { request: { apiName, apiVersion: version }, response: { decode: async () => 'by kafkajs' } };
  const broker = withOwnDecoding(new TestBroker(call) as unknown as Broker);
  return (broker as unknown as TestBroker).fetch(body);
}

/** An answer with one partition, whose record set ends the bytes. */
function answerOf(version: number, recordSet: Buffer): Buffer {
  const int32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const int64 = (value: number) => Buffer.concat([int32(0), int32(value)]);
  return Buffer.concat([
    int32(17),
    ...(version >= 7 ? [Buffer.alloc(6)] : []),
    int32(1),
    Buffer.from('\0\x01t'),
    int32(1),
    int32(3),
    Buffer.alloc(2),
    int64(9),
    int64(8),
    ...(version >= 5 ? [int64(2)] : []),
    int32(1),
    int64(5),
    int64(6),
    ...(version >= 11 ? [int32(-1)] : []),
    int32(recordSet.length),
    recordSet,
  ]);
}

test.each([4, 5, 6, 7, 8, 9, 10, 11])('version %i of a fetch: records stay in their bytes', async (version) => {
  const recordSet = Buffer.alloc(61);
  recordSet.writeInt32BE(49, 8);
  recordSet.writeInt8(2, 16);
  expect(await decoded(version, answerOf(version, recordSet))).toEqual({
    ...(version >= 8 ? { throttleTime: 0, clientSideThrottleTime: 17 } : { throttleTime: 17 }),
    responses: [
      {
        topicName: 't',
        partitions: [
          {
            partition: 3,
            errorCode: 0,
            highWatermark: '9',
            lastStableOffset: '8',
            ...(version >= 5 ? { lastStartOffset: '2' } : {}),
            abortedTransactions: [{ producerId: '5', firstOffset: '6' }],
            recordSet,
          },
        ],
      },
    ],
  });
});

test('an answer with an older message format is decoded by kafkajs', async () => {
  expect(await decoded(11, answerOf(11, Buffer.alloc(40)))).toBe('by kafkajs');
});

test('versions that are not known, and other calls, are decoded by kafkajs', async () => {
  expect(await decoded(3, Buffer.alloc(0))).toBe('by kafkajs');
  expect(await decoded(12, Buffer.alloc(0))).toBe('by kafkajs');
  expect(await decoded(undefined, Buffer.alloc(0))).toBe('by kafkajs');
  expect(await decoded(11, Buffer.alloc(0), 'ListOffsets')).toBe('by kafkajs');
});

test('a client that is made otherwise stays as it is', async () => {
  const broker = new TestBroker(undefined) as unknown as Broker;
  expect(withOwnDecoding(broker)).toBe(broker);
  const call = { response: { decode: async () => 'by kafkajs' } };
  const other = withOwnDecoding(new TestBroker(call) as unknown as Broker);
  expect(await (other as unknown as TestBroker).fetch(Buffer.alloc(0))).toBe('by kafkajs');
});
