import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '@elastic/elasticsearch';
import { runExample } from '@sluice-examples/runner';
import { change } from './change.js';
import { readDeadLetters } from './dead-letters.js';
import { documentsJob } from './pipeline.js';

await runExample({
  name: 'latest-documents',
  about: 'A log of changes in Kafka becomes the latest version of each document in Elasticsearch.',
  unit: 'changes',
  records: 6_000,
  services: ['elasticsearch'],
  record: change,
  async open({ name, brokers, endpoints: { elasticsearch }, folder, fresh }) {
    const client = new Client({ node: elasticsearch });
    if (fresh) await client.indices.delete({ index: name }, { ignore: [404] });
    if (!(await client.indices.exists({ index: name }))) {
      const properties = { title: { type: 'text' }, price: { type: 'double' }, revision: { type: 'long' } } as const;
      await client.indices.create({ index: name, settings: { number_of_replicas: 0 }, mappings: { properties } });
    }
    const deadLetters = join(folder, 'dead-letters');
    await mkdir(deadLetters, { recursive: true });
    return {
      job: documentsJob({ name, brokers, elasticsearch, checkpoints: join(folder, 'checkpoints'), deadLetters }),
      async result() {
        await client.indices.refresh({ index: name });
        const there = await client.count({ index: name, query: { bool: { must_not: { term: { deleted: true } } } } });
        const all = await client.count({ index: name });
        const letters = await readDeadLetters(deadLetters);
        return [
          `${there.count} documents, and marks of ${all.count - there.count} that were deleted.`,
          `${letters.length} dead letters in ${deadLetters}, among them:`,
          ...letters.slice(-3).map(({ from, why }) => `  ${from}: ${why}`),
        ];
      },
      close: () => client.close(),
    };
  },
});
