import { expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { commitAll, epochOf, ids, rowsOf, SinkHarness } from './sink-harness.js';

await describeWithService('kafka', 'kafkaSink, exactly once', (endpoint) => {
  const harness = new SinkHarness(endpoint);

  test('shows an epoch when it is committed, and not before', async () => {
    const topic = await harness.topic();
    const run = await harness.run(harness.options(topic), 1);
    const committables = await epochOf(run, 1, rowsOf(0, 100));
    expect(await harness.records(topic)).toEqual([]);
    expect(await commitAll(run, committables)).toEqual([{ status: 'committed' }]);
    expect(ids(await harness.records(topic))).toEqual(rowsOf(0, 100).map(({ id }) => id));
    await run.close();
  });
});
