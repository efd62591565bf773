import { describe, expect, expectTypeOf, test } from 'vitest';
import { batchWriter } from './batch-writer.js';
import { type AtLeastOnceSink, defineSink, type IdempotentSink, type Sink, type TransactionalSink } from './sink.js';
import { structuredCodec } from './structured-codec.js';

const writer = { write: () => undefined, flush: async () => {}, close: async () => {} };
const lines = { name: 'lines', guarantee: 'at-least-once', open: async () => writer } as const;
const documents = { ...lines, guarantee: 'idempotent', keyOf: String } as const;
const rows = {
  name: 'rows',
  guarantee: 'transactional',
  committableCodec: structuredCodec<string>(),
  open: async () => ({
    begin: () => ({ write: () => undefined, prepare: async () => ['tx'], abort: async () => {} }),
    close: async () => {},
  }),
  openCommitter: async () => ({
    recover: async () => {},
    commit: async () => ({ status: 'committed' as const }),
    close: async () => {},
  }),
} as const;

describe('defineSink', () => {
  test('is identity but for the version', () => {
    const own = { ...lines };
    expect(defineSink<string>(own)).toBe(own);
    expect(defineSink<string>(own).specVersion).toBe(1);
    expect(defineSink<string>({ ...documents }).guarantee).toBe('idempotent');
    expect(defineSink<string, string>({ ...rows }).guarantee).toBe('transactional');
  });

  test.each<[string, object | undefined]>([
    ['nothing', undefined],
    ['no guarantee', { ...lines, guarantee: undefined }],
    ['an unknown guarantee', { ...lines, guarantee: 'exactly-once' }],
    ['an inherited guarantee', { ...lines, guarantee: 'toString' }],
    ['no name', { ...lines, name: '' }],
    ['no open', { ...lines, open: undefined }],
    ['idempotent without keyOf', { ...documents, keyOf: undefined }],
    ['transactional without a committer', { ...rows, openCommitter: undefined }],
    ['transactional without a codec', { ...rows, committableCodec: undefined }],
    ['transactional with half a codec', { ...rows, committableCodec: { encode() {} } }],
    ['another version', { ...lines, specVersion: 2 }],
  ])('refuses %s', (_name, sink) => {
    expect(() => defineSink(sink as typeof lines)).toThrow(expect.objectContaining({ code: 'SLUICE_SINK_DEFINITION' }));
  });

  test('says which method is missing, and of which sink', () => {
    const { keyOf: _, ...incomplete } = documents;
    expect(() => defineSink(incomplete as typeof documents)).toThrow(/`keyOf` of lines to be a method, got none/);
  });

  test('gives contextual types by the guarantee', () => {
    interface Tx {
      tx: string;
      rows: number;
    }
    const sinkOf = <T>(options: { row: (value: T) => Record<string, unknown> }) =>
      defineSink<T, Tx>({
        name: 'acme',
        guarantee: 'transactional',
        committableCodec: structuredCodec<Tx>(),
        async open(context) {
          return {
            begin() {
              const batches = batchWriter(context, {
                write: async (batch) => {
                  expectTypeOf(batch).toEqualTypeOf<readonly T[]>();
                  batch.map(options.row);
                  return undefined;
                },
              });
              return {
                write: (value, timestamp) => {
                  expectTypeOf(timestamp).toEqualTypeOf<number>();
                  return batches.write(value, timestamp);
                },
                prepare: async () => [{ tx: 'a', rows: 1 }],
                abort: async () => {},
              };
            },
            close: async () => {},
          };
        },
        async openCommitter() {
          return {
            recover: async (restored) => {
              expectTypeOf(restored).toEqualTypeOf<readonly Tx[]>();
            },
            async commit({ tx }) {
              expectTypeOf(tx).toEqualTypeOf<string>();
              return tx === '' ? { status: 'retryLater', after: '1s', cause: tx } : { status: 'committed' };
            },
            close: async () => {},
          };
        },
      });
    const sink = sinkOf({ row: (value: { id: number; name: string }) => ({ id: value.id }) });
    expectTypeOf(sink).toEqualTypeOf<TransactionalSink<{ id: number; name: string }, Tx>>();
    expectTypeOf(sink).toExtend<Sink<{ id: number; name: string }>>();

    const idempotent = defineSink<{ id: number }>({
      name: 'documents',
      guarantee: 'idempotent',
      keyOf: (value) => `${value.id}`,
      open: async () => writer,
    });
    expectTypeOf(idempotent).toEqualTypeOf<IdempotentSink<{ id: number }>>();
    const plain = defineSink<string>({ ...lines });
    expectTypeOf(plain).toEqualTypeOf<AtLeastOnceSink<string>>();
  });

  test('a sink that lacks what its guarantee requires does not compile', () => {
    // @ts-expect-error no keyOf
    expect(() => defineSink<string>({ name: 'x', guarantee: 'idempotent', open: async () => writer })).toThrow();
    // @ts-expect-error no committer
    expect(() => defineSink<string>({ name: 'x', guarantee: 'transactional', open: async () => writer })).toThrow();
  });
});
