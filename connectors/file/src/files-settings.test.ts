import { json, text } from '@sluice/connector-sdk';
import { describe, expect, test } from 'vitest';
import { csvSource } from './csv-source.js';
import { fileSource } from './file-source.js';

const row = (fields: Readonly<Record<string, string>>) => fields;

describe('options that make no sense are refused at once', () => {
  test('none at all', () => {
    expect(() => fileSource(undefined as never)).toThrow('SLUICE_FILE_OPTIONS');
    expect(() => csvSource(undefined as never)).toThrow('SLUICE_FILE_OPTIONS');
  });

  test.each([
    ['no path', { paths: [] }, 'paths'],
    ['an empty path', { paths: ['a', ''] }, 'paths'],
    ['a path that is no string', { paths: [1] }, 'paths'],
    ['a tail that is no boolean', { paths: 'a', tail: 'yes' }, 'tail'],
    ['a poll of no time', { paths: 'a', tail: true, poll: 0 }, 'poll'],
    ['an unknown policy', { paths: 'a', poison: 'ignore' }, 'poison'],
    ['no policy', { paths: 'a', poison: null }, 'poison'],
    ['a limit of no bytes', { paths: 'a', maxLineBytes: 0 }, 'maxLineBytes'],
    ['a limit of half a byte', { paths: 'a', maxLineBytes: 0.5 }, 'maxLineBytes'],
    ['a word for allowNoMatch', { paths: 'a', allowNoMatch: 'yes' }, 'allowNoMatch'],
    ['no decoder', { paths: 'a', value: undefined }, 'value'],
    ['an unknown word for empty lines', { paths: 'a', emptyLines: 'keep' }, 'emptyLines'],
  ])('by fileSource: %s', (_, options, name) => {
    const given = { value: text(), ...options } as unknown as Parameters<typeof fileSource>[0];
    expect(() => fileSource(given)).toThrow(
      expect.objectContaining({ code: 'SLUICE_FILE_OPTIONS', component: 'fileSource', remedy: `correct \`${name}\`` }),
    );
  });

  test.each([
    ['no row', { row: undefined }, 'row'],
    ['a delimiter of two characters', { delimiter: '::' }, 'delimiter'],
    ['a delimiter that is not ASCII', { delimiter: '¦' }, 'delimiter'],
    ['a quote between fields', { delimiter: '"' }, 'delimiter'],
    ['a line break between fields', { delimiter: '\n' }, 'delimiter'],
    ['no columns', { columns: [] }, 'columns'],
    ['a column twice', { columns: ['a', 'a'] }, 'columns'],
  ])('by csvSource: %s', (_, options, name) => {
    const given = { paths: 'a.csv', row, ...options } as unknown as Parameters<typeof csvSource>[0];
    expect(() => csvSource(given)).toThrow(
      expect.objectContaining({ code: 'SLUICE_FILE_OPTIONS', component: 'csvSource', remedy: `correct \`${name}\`` }),
    );
  });

  test('a poll that is no duration', () => {
    const poll = '1 minute' as unknown as number;
    expect(() => fileSource({ paths: 'a', value: text(), tail: true, poll })).toThrow(/SLUICE_FILE_OPTIONS/);
  });

  test('a compressed file to be tailed', () => {
    expect(() => fileSource({ paths: ['a.log', 'logs/*.gz'], value: text(), tail: true })).toThrow(
      expect.objectContaining({ code: 'SLUICE_FILE_TAIL_GZIP', component: 'fileSource' }),
    );
  });
});

test('a source says what it is', () => {
  const lines = fileSource({ paths: 'a', value: json<{ id: number }>() });
  expect(lines).toMatchObject({ specVersion: 1, name: 'fileSource', bounded: true, replayable: true, sideOutputs: [] });
  expect(csvSource({ paths: 'a', row, tail: true })).toMatchObject({ name: 'csvSource', bounded: false });
  expect(lines.positionCodec?.decode(1, lines.positionCodec.encode(2 ** 40))).toBe(2 ** 40);
});
