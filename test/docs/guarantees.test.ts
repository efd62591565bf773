import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineSink } from '@sluice/connector-sdk';
import {
  arraySource,
  callbackSink,
  createJob,
  fromObservable,
  fromSource,
  json,
  memoryCheckpoints,
  observerSink,
  type Sink,
  type Source,
  to,
  writableSink,
} from '@sluice/core';
import * as elasticsearch from '@sluice/elasticsearch';
import * as file from '@sluice/file';
import * as kafka from '@sluice/kafka';
import * as postgres from '@sluice/postgres';
import * as redis from '@sluice/redis';
import { describe, expect, it } from 'vitest';
import { root } from '../tasks/root.js';
import {
  killedPairs,
  type PairLevel,
  pairLevels,
  type Reference,
  references,
  rowsWithoutReference,
} from './guarantees-page.js';

const page = readFileSync(join(root, 'docs/guarantees.md'), 'utf8');

describe('docs/guarantees.md', () => {
  const named = references(page);

  it('names a test in every line', () => {
    expect(named.length).toBeGreaterThan(100);
    expect(rowsWithoutReference(page)).toEqual([]);
    expect(rowsWithoutReference('| | shown by |\n| --- | --- |\n| a promise | |')).toEqual(['| a promise | |']);
  });

  it('names only tests that are there', () => {
    expect(named.filter((reference) => !isThere(reference))).toEqual([]);
    expect(isThere({ file: 'test/docs/guarantees.test.ts', title: `a test ${'that'} nobody has written` })).toBe(false);
    expect(isThere({ file: 'test/docs/nowhere.test.ts', title: '' })).toBe(false);
  });

  const pairs = pairLevels(page);

  it('has every source and every sink of the connectors among its pairs', () => {
    const packages = [elasticsearch, file, kafka, postgres, redis];
    const made = packages.flatMap((each) => Object.keys(each)).filter((name) => /(Source|Sink)$/.test(name));
    const spoken = new Set([...page.matchAll(/`(\w+(?:Source|Sink))`/g)].map(([, name]) => name));
    expect(made.filter((name) => !spoken.has(name))).toEqual([]);
    expect(made.filter((name) => !(name in sources) && !(name in sinks))).toEqual([]);
    expect(pairs.length).toBeGreaterThan(40);
  });

  it.each(pairs)('$from → $into is $level', ({ from, into, level }: PairLevel) => {
    const froms = namesOf(from, Object.keys(sources));
    const intos = namesOf(into, Object.keys(sinks));
    expect(froms.length * intos.length).toBeGreaterThan(0);
    for (const source of froms) {
      for (const sink of intos) expect(levelOf(source, sink, from, into), `${source} → ${sink}`).toBe(level);
    }
  });

  it.each(killedPairs(page))('$from → $into, which is killed, is $level', ({ from, into, level }: PairLevel) => {
    const source = systems.find(([system]) => from.includes(system))?.[1] ?? '';
    const sink = systems.find(([system]) => into.includes(system))?.[2] ?? '';
    expect(levelOf(source, sink, from, into)).toBe(level);
  });
});

/** What the page calls a system among the pairs that are killed. */
const systems = [
  ['Kafka', 'kafkaSource', 'kafkaSink'],
  ['Postgres', 'postgresSource', 'postgresSink'],
  ['files', 'fileSource', 'fileSink'],
  ['Redis', 'redisStreamSource', 'redisHashSink'],
  ['Elasticsearch', 'none', 'elasticsearchSink'],
] as const;

function levelOf(source: string, sink: string, from: string, into: string): string {
  const flow = (sources[source] as MakeStream)(from).pipe(to((sinks[sink] as MakeSink)(into)));
  return createJob('pair', flow, { checkpoints: { interval: '1s', storage: memoryCheckpoints() } }).guarantee.level;
}

/** A title as it stands in its file: in a chaos row, its mode. */
function isThere({ file: path, title }: Reference): boolean {
  const place = join(root, path);
  return existsSync(place) && readFileSync(place, 'utf8').includes(title);
}

/** Which of the names a heading speaks of. */
function namesOf(heading: string, names: readonly string[]): string[] {
  if (heading === 'Redis sinks') return names.filter((name) => /^redis\w+Sink$/.test(name));
  const spoken = new Set(heading.match(/\w+/g));
  return names.filter((name) => spoken.has(name) || (name === 'own' && heading.includes('own sinks')));
}

interface Row {
  readonly id: string;
}
type MakeStream = (heading: string) => ReturnType<typeof fromSource<Row>>;
type MakeSink = (heading: string) => Sink<Row>;

const brokers = ['127.0.0.1:9'];
const url = 'redis://127.0.0.1:9';
const connectionString = 'postgres://127.0.0.1:9/none';
const value = json<Row>();
const topic = { brokers, topic: 'rows', groupId: 'rows', value };
const of = <P, Q>(source: Source<Row, P, Q>) => fromSource(source as unknown as Source<Row>);
const tailed = (heading: string) => ({ paths: '*.log', tail: heading.includes('tail: true') });

const sources: Readonly<Record<string, MakeStream>> = {
  kafkaSource: () => of(kafka.kafkaSource(topic)),
  kafkaRecordSource: () => of(kafka.kafkaRecordSource(topic) as never),
  redisStreamSource: () => of(redis.redisStreamSource({ url, streams: 'rows', value: ({ id }) => ({ id }) })),
  fileSource: (heading) => of(file.fileSource({ ...tailed(heading), value })),
  csvSource: (heading) => of(file.csvSource({ ...tailed(heading), row: ({ id = '' }) => ({ id }) })),
  postgresSource: () => of(postgres.postgresSource({ connectionString, table: 'rows', key: ['id'] }) as never),
  arraySource: () => of(arraySource<Row>([])),
  fromObservable: () => fromObservable<Row>([]),
};

const at = { url, key: ({ id }: Row) => id };

const sinks: Readonly<Record<string, MakeSink>> = {
  postgresSink: () => postgres.postgresSink<Row>({ connectionString, table: 'rows', columns: { id: ({ id }) => id } }),
  kafkaSink: (heading) =>
    heading.includes('at-least-once')
      ? kafka.kafkaSink<Row>({ brokers, topic: 'rows', value, guarantee: 'at-least-once' })
      : kafka.kafkaSink<Row>({ brokers, topic: 'rows', value }),
  fileSink: () => file.fileSink<Row>({ directory: 'rows', format: file.ndjson() }),
  redisHashSink: () => redis.redisHashSink<Row>({ ...at, fields: ({ id }) => ({ id }) }),
  redisStringSink: () => redis.redisStringSink<Row>({ ...at, value: ({ id }) => id }),
  redisJsonSink: () => redis.redisJsonSink<Row>(at),
  redisSortedSetSink: () => redis.redisSortedSetSink<Row>({ ...at, member: ({ id }) => id, score: () => 1 }),
  redisListSink: () => redis.redisListSink<Row>({ ...at, items: ({ id }) => [id] }),
  redisStreamSink: () => redis.redisStreamSink<Row>({ ...at, id: () => '1-1', fields: ({ id }) => ({ id }) }),
  elasticsearchSink: () =>
    elasticsearch.elasticsearchSink<Row>({
      node: 'http://127.0.0.1:9',
      index: 'rows',
      id: ({ id }) => id,
      document: (row) => ({ ...row }),
    }),
  callbackSink: () => callbackSink(() => undefined),
  observerSink: () => observerSink({ next: () => undefined }),
  writableSink: () => writableSink(process.stdout),
  own: () =>
    defineSink<Row>({
      name: 'own',
      guarantee: 'at-least-once',
      open: async () => ({ write: () => undefined, flush: async () => undefined, close: async () => undefined }),
    }),
};
