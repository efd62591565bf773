import { describe, expect, test } from 'vitest';
import type { DocumentWrite } from '../documents/document-write.js';
import { bulkLines } from './bulk-lines.js';

const write = (source: string | undefined, routing?: string): DocumentWrite<unknown> => ({
  entries: [],
  place: { index: 'i', id: 'a', routing },
  version: 7,
  source,
});
const where = { _index: 'i', _id: 'a', version: 7, version_type: 'external' };
const firstOf = (lines: readonly string[]) => JSON.parse(lines[0] as string);

describe('the lines of a write', () => {
  test('a document: where it goes, and its text as it is', () => {
    const source = '{"x":1.0}';
    const lines = bulkLines(write(source), undefined);
    expect(firstOf(lines)).toEqual({ index: where });
    expect(lines.slice(1)).toEqual([source]);
  });

  test('a removal is one line, which no pipeline sees', () => {
    const lines = bulkLines(write(undefined), 'enrich');
    expect(lines).toHaveLength(1);
    expect(firstOf(lines)).toEqual({ delete: where });
  });

  test('routing and pipeline are named when there are any', () => {
    expect(firstOf(bulkLines(write('{}', 'r'), 'enrich'))).toEqual({
      index: { ...where, routing: 'r', pipeline: 'enrich' },
    });
  });

  test('no name breaks the line', () => {
    const place = { index: 'i', id: 'a\n{"delete":{}}', routing: '\u2028"' };
    const lines = bulkLines({ ...write('{}'), place }, undefined);
    expect(lines.join('').includes('\n')).toBe(false);
    expect(firstOf(lines).index).toMatchObject({ _id: place.id, routing: place.routing });
  });
});
