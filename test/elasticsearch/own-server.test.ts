import { Client } from '@elastic/elasticsearch';
import { expect, test } from 'vitest';
import { describeWithOwnService } from '../services/with-service.js';
import { type Doc, SinkHarness } from './sink-harness.js';

describeWithOwnService(
  'elasticsearch',
  'a server that is small, and is killed',
  (server) => {
    const harness = new SinkHarness(() => server().endpoint);
    const text = (bytes: number) => 'x'.repeat(bytes);

    test('429 in earnest: a server without room for the request takes it in smaller ones', async () => {
      const index = await harness.index({});
      const client = new Client({ node: server().endpoint, maxRetries: 0 });
      const operations = Array.from({ length: 100 }, () => [{ index: {} }, { text: text(3_000) }]).flat();
      await expect(client.bulk({ index, operations })).rejects.toMatchObject({ statusCode: 429 });
      await client.close();
      const run = await harness.run(harness.options(index, { refresh: true }), 1, { uid: '429' });
      await run.write(...Array.from({ length: 100 }, (_, n): Doc => ({ id: `${n}`, text: text(3_000) })));
      expect((await harness.documents(index)).size).toBe(100);
      expect(run.rejected).toEqual([]);
      expect(run.counted.get('elasticsearch_retries')).toBeGreaterThan(0);
    });

    test('413 in earnest: what is above http.max_content_length is split, and one document above it rejected', async () => {
      const index = await harness.index({});
      const run = await harness.run(harness.options(index), 1, { uid: '413' });
      await run.write({ id: 'huge', text: text(1_500_000) }, { id: 'after', n: 1 });
      expect((await harness.documents(index)).size).toBe(1);
      expect(run.rejected).toMatchObject([{ value: { id: 'huge' }, cause: { code: 'SLUICE_ELASTICSEARCH_DOCUMENT' } }]);
    });

    test('kill -9 in the middle: the writer waits for the server and loses nothing', async () => {
      const index = await harness.index({});
      const options = harness.options<Doc>(index, { maxCount: 10, retry: { attempts: 200, initial: 50, max: 200 } });
      const run = await harness.run(options, 1, { uid: 'kill' });
      await run.write({ id: 'a', n: -1 });
      let written = 0;
      let ended = false;
      const writing = (async () => {
        for (; written < 2_000; written++) await run.writer.write({ id: `${written % 50}`, n: written }, 0);
        await run.writer.flush();
        ended = true;
      })();
      await expect.poll(() => written, { timeout: 60_000 }).toBeGreaterThan(100);
      await server().stop('kill');
      expect(ended).toBe(false);
      await server().start();
      await writing;
      const documents = await harness.documents(index);
      expect(documents.size).toBe(51);
      for (let n = 1_950; n < 2_000; n++) expect(documents.get(`${n % 50}`)).toEqual({ n });
      expect(run.rejected).toEqual([]);
    }, 120_000);
  },
  {
    settings: {
      // A request is refused (429) that would take more memory than this; items one by one are not.
      'indexing_pressure.memory.limit': '200kb',
      'http.max_content_length': '1mb',
    },
  },
);
