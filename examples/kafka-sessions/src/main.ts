import { runExample } from '@sluice-examples/runner';
import pg from 'pg';
import { pageView } from './page-view.js';
import { sessionsJob } from './pipeline.js';
import { prepareTables, resultLines } from './tables.js';

await runExample({
  name: 'kafka-sessions',
  about: 'Page views in Kafka become sessions in Postgres, exactly once.',
  unit: 'views',
  records: 6_000,
  services: ['postgres'],
  record: pageView,
  async open({ name, brokers, endpoints: { postgres }, fresh }) {
    const client = new pg.Client({ connectionString: postgres });
    await client.connect();
    await prepareTables(client, name, fresh);
    return {
      job: sessionsJob(name, brokers, postgres),
      result: () => resultLines(client, name),
      close: () => client.end(),
    };
  },
});
