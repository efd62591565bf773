import { expect, test } from 'vitest';
import { elasticsearchSink } from './elasticsearch-sink.js';
import type { ElasticsearchSinkOptions } from './sink-options.js';

const good: ElasticsearchSinkOptions<{ id: string }> = {
  node: 'http://localhost:9200',
  index: 'views',
  id: ({ id }) => id,
  document: (value) => value,
};

test('are taken', () => {
  expect(elasticsearchSink(good).guarantee).toBe('idempotent');
});

test('are refused when there are none', () => {
  expect(() => elasticsearchSink(undefined as never)).toThrow('SLUICE_ELASTICSEARCH_OPTIONS');
});

test.each([
  { node: 'localhost:9200' },
  { node: [] },
  { node: 'ftp://localhost' },
  { index: 'Views' },
  { index: { pattern: 'views', timeOf: () => 0 } },
  { index: 7 },
  { id: 'id' },
  { document: undefined },
  { action: 'upsert' },
  { deletes: 'never' },
  { deletedField: 'a.b' },
  { registry: 'A' },
  { refresh: 'now' },
  { pipeline: '' },
  { version: 1 },
  { version: () => 1, versionFloor: 5 },
  { versionFloor: 2 ** 53 },
  { retry: null },
  { maxCount: 0 },
  { maxBytes: 1.5 },
  { linger: '-1s' },
  { retry: { attempts: 0 } },
  { requestTimeout: 0 },
  { fieldTypes: { n: 1 } },
  { client: 'apiKey' },
])('are refused at once: %o', (wrong) => {
  expect(() => elasticsearchSink({ ...good, ...wrong } as never)).toThrow(
    expect.objectContaining({ name: 'SluiceError' }),
  );
});

test('a URL with a password is in no error', () => {
  for (const node of ['http//me:PASSWORD@host', 'ftp://me:PASSWORD@host']) {
    expect(() => elasticsearchSink({ ...good, node })).toThrow(expect.not.stringContaining('PASSWORD'));
  }
});
