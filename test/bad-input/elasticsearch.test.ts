// Which line of the list of bad input is shown where: see mended-job.ts.
import { type ElasticsearchSinkOptions, elasticsearchSink } from '@sluice/elasticsearch';
import { afterAll, beforeAll, test } from 'vitest';
import { type Fault, FaultProxy } from '../elasticsearch/fault-proxy.js';
import { SinkHarness } from '../elasticsearch/sink-harness.js';
import { describeWithService } from '../services/with-service.js';
import { ALL, type BadInput, failsClearlyAndGoesOn, writingJob } from './mended-job.js';

describeWithService('elasticsearch', 'bad input: Elasticsearch', (url) => {
  const harness = new SinkHarness(url);
  // The server of the tests knows no users, and its settings are for all: these two are answered in between.
  const proxy = new FaultProxy(url);
  let node = '';
  beforeAll(async () => {
    node = await proxy.listen();
  });
  afterAll(() => proxy.close());
  const through = async (fault: (path: string, method: string) => Fault) => {
    proxy.fault = ({ path, method }) => fault(path, method);
  };
  const answer = (status: number, body: string) => ({ answer: { status, body } });
  const block = (index: string, value: boolean | null) =>
    harness.request('PUT', `/${index}/_settings`, { 'index.blocks.read_only_allow_delete': value });

  interface Case extends Omit<BadInput, 'harm' | 'mend'> {
    /** Options that are wrong. */
    readonly wrong?: (index: string) => Partial<ElasticsearchSinkOptions<number>>;
    readonly harm?: (index: string) => Promise<unknown>;
    readonly mend?: (index: string) => Promise<unknown>;
  }

  const cases: readonly Case[] = [
    {
      what: 'an unreachable cluster',
      code: 'SLUICE_ELASTICSEARCH_UNREACHABLE',
      remedy: 'start the cluster',
      wrong: () => ({ node: 'http://127.0.0.1:9' }),
    },
    {
      what: 'a missing index that is not created by itself',
      code: 'SLUICE_ELASTICSEARCH_INDEX',
      remedy: 'create or open the index',
      wrong: (index) => ({ node, index: `${index}-missing` }),
      harm: () =>
        through((path) =>
          path.startsWith('/_cluster/settings')
            ? answer(200, '{"persistent":{"action.auto_create_index":"false"},"transient":{},"defaults":{}}')
            : undefined,
        ),
    },
    {
      what: 'a missing privilege',
      code: 'SLUICE_ELASTICSEARCH_PRIVILEGE',
      remedy: 'grant `read`, `write`',
      wrong: () => ({ node }),
      harm: () =>
        through((_path, method) =>
          method === 'PUT' || method === 'POST'
            ? answer(403, '{"error":{"type":"security_exception","reason":"no"},"status":403}')
            : undefined,
        ),
    },
    {
      what: 'a pipeline that is not there',
      code: 'SLUICE_ELASTICSEARCH_PIPELINE',
      remedy: 'create it, or correct `pipeline`',
      wrong: () => ({ pipeline: 'nowhere' }),
    },
    {
      what: 'a full disk, by the block that it sets',
      code: 'SLUICE_ELASTICSEARCH_BLOCKED',
      remedy: 'wants space first',
      harm: (index) => block(index, true),
      mend: (index) => block(index, null),
    },
    {
      what: 'a mapping conflict of a document',
      code: 'SLUICE_ELASTICSEARCH_MAPPING',
      remedy: 'correct `document` or the mapping',
      wrong: () => ({ document: (n) => ({ n: n === ALL - 1 ? 'a text' : n }) }),
    },
    {
      what: 'a mapping conflict of the index, before anything is written',
      code: 'SLUICE_ELASTICSEARCH_MAPPING',
      remedy: 'reindex',
      wrong: () => ({ fieldTypes: { n: 'date' } }),
    },
  ];

  test.each(cases.map((each) => [each.what, each.code, each] as const))('%s: %s', async (_what, _code, bad) => {
    const index = await harness.index({ mappings: { properties: { n: { type: 'long' } } } });
    const sink = (harmed: boolean) =>
      elasticsearchSink<number>({
        node: url(),
        index,
        registry: harness.registry,
        id: String,
        document: (n) => ({ n }),
        linger: 5,
        retry: { attempts: 2, initial: 1 },
        ...(harmed ? bad.wrong?.(index) : {}),
      });
    const read = async () => [...(await harness.documents(index)).values()].map(({ n }) => Number(n));
    const { harm, mend, ...told } = bad;
    await failsClearlyAndGoesOn(writingJob(`${harness.job} ${bad.what}`, sink, read), {
      ...told,
      harm: async () => harm?.(index),
      mend: async () => mend?.(index),
    });
  });
});
