import { join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import { expect, test } from 'vitest';
import type { Change } from '../../examples/latest-documents/src/change.js';
import { readDeadLetters } from '../../examples/latest-documents/src/dead-letters.js';
import { describeWithService } from '../services/with-service.js';
import { root } from '../tasks/root.js';
import { removeFilesOf } from './example-process.js';
import { interruptedRun } from './interrupted-run.js';
import { TopicOutside } from './topic-outside.js';

describeWithService('kafka', 'npm run example -- latest-documents', (kafka) => {
  describeWithService('elasticsearch', 'into Elasticsearch', (elasticsearch) => {
    test('every document is its latest version, and every dead letter is there once, over Ctrl-C and kill -9', {
      timeout: 180_000,
    }, async () => {
      const name = `documents-${process.pid}`;
      const topic = await TopicOutside.open(kafka(), name);
      const client = new Client({ node: elasticsearch() });
      try {
        await interruptedRun('latest-documents', 'changes', ['kafka', 'elasticsearch'], topic, name);
        const { documents, letters } = expected([...(await topic.values()).values()]);
        const { hits } = await client.search<Record<string, unknown>>({ index: name, size: 1_000 });
        expect(new Map(hits.hits.map(({ _id, _source }) => [_id, _source]))).toEqual(documents);
        const found = await readDeadLetters(join(root, '.demo', name, 'dead-letters'));
        expect(found.map(({ what }) => what).sort()).toEqual(letters.sort());
        expect(letters.length).toBeGreaterThan(2);
      } finally {
        await client.indices.delete({ index: name }, { ignore: [404] });
        await client.close();
        await topic.remove();
        await removeFilesOf(name);
      }
    });
  });
});

/** Recomputed from the topic, with none of the example's code. */
function expected(partitions: readonly (readonly string[])[]) {
  const newest = new Map<string, number>();
  const documents = new Map<string, Record<string, unknown>>();
  const letters: string[] = [];
  for (const text of partitions.flat()) {
    if (!text.endsWith('}')) {
      letters.push(text);
      continue;
    }
    const { id, revision, deleted, title, price } = JSON.parse(text) as Change;
    if (revision <= (newest.get(id) ?? 0)) continue;
    newest.set(id, revision);
    if (typeof price === 'string') letters.push(text);
    else documents.set(id, deleted ? { deleted: true } : { title, price, revision, deleted: false });
  }
  return { documents, letters };
}
