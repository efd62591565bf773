import { describe, expect, expectTypeOf, test } from 'vitest';
import { json } from './format.js';
import { defineSource, type Source, type SourceBatch } from './source.js';
import { structuredCodec } from './structured-codec.js';

declare const rows: (
  partition: string,
  after: number,
) => AsyncIterable<{ offset: number; at: number; body: Uint8Array }[]>;

const definition = {
  name: 'acme',
  bounded: true,
  replayable: true,
  discover: async () => [{ id: 'a', split: 1 }],
  open: async () => ({
    async *read(): AsyncGenerator<SourceBatch<string, number>> {
      yield { values: ['x'], positionAfter: (index) => index + 1 };
    },
    close: async () => {},
  }),
};

describe('defineSource', () => {
  test('is identity but for the version', () => {
    const own = { ...definition };
    const source = defineSource(own);
    expect(source).toBe(own);
    expect(source.specVersion).toBe(1);
    expect(defineSource(source)).toBe(source);
  });

  test('takes an instance of a class with what it inherits and hides', async () => {
    class Acme {
      readonly name = 'acme';
      readonly bounded = true;
      readonly replayable = false;
      readonly #splits = [{ id: 'a', split: 7 }];
      async discover() {
        return this.#splits;
      }
      open() {
        return definition.open();
      }
    }
    const source = defineSource(new Acme());
    expect(await source.discover(new AbortController().signal)).toEqual([{ id: 'a', split: 7 }]);
  });

  test.each<[string, object | null]>([
    ['null', null],
    ['no name', { ...definition, name: undefined }],
    ['an empty name', { ...definition, name: '' }],
    ['no discover', { ...definition, discover: undefined }],
    ['no open', { ...definition, open: 'x' }],
    ['no bounded', { ...definition, bounded: undefined }],
    ['no replayable', { ...definition, replayable: 1 }],
    ['a codec that is none', { ...definition, positionCodec: {} }],
    ['another version', { ...definition, specVersion: 2 }],
    ['a frozen definition', Object.freeze({ ...definition })],
  ])('refuses %s', (_name, source) => {
    expect(() => defineSource(source as typeof definition)).toThrow(
      expect.objectContaining({ code: 'SLUICE_SOURCE_DEFINITION' }),
    );
  });

  test('infers split, position and element with no annotation', () => {
    const value = json<{ id: number }>();
    const source = defineSource({
      name: 'acme',
      bounded: false,
      replayable: true,
      positionCodec: structuredCodec<number>(),
      discover: async () => [{ id: 'p', split: { partition: 'p', poll: 5 } }],
      open: async () => ({
        async *read({ split }, position) {
          expectTypeOf(split).toEqualTypeOf<{ partition: string; poll: number }>();
          expectTypeOf(position).toEqualTypeOf<number | undefined>();
          for await (const batch of rows(split.partition, position ?? 0)) {
            yield {
              values: batch.map((row) => value.decode(row.body)),
              timestamps: batch.map((row) => row.at),
              positionAfter: (index: number) => (batch[index]?.offset ?? 0) + 1,
            };
          }
        },
        close: async () => {},
      }),
    });
    expectTypeOf(source).toEqualTypeOf<Source<{ id: number }, { partition: string; poll: number }, number>>();
    expectTypeOf(source).toExtend<Source<{ id: number }>>();
  });

  test('infers the position from the parameter when there is no codec', () => {
    const source = defineSource({
      name: 'countdown',
      bounded: true,
      replayable: true,
      discover: async () => [{ id: 'all', split: { from: 3 } }],
      open: async () => ({
        async *read({ split }, position: number | undefined) {
          for (let n = position ?? split.from; n > 0; n--) yield { values: [n], positionAfter: () => n - 1 };
        },
        close: async () => {},
      }),
    });
    expectTypeOf(source).toEqualTypeOf<Source<number, { from: number }, number>>();
  });
});
