import { expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { epochOf, SinkHarness } from './sink-harness.js';

await describeWithPostgres('postgresSink, ledger', (url) => {
  const harness = new SinkHarness(url);

  test('rows are there after the commit and not before', async () => {
    const table = await harness.table();
    const run = await harness.run(harness.options(table), 1);
    const [committable] = await epochOf(run, 1, [{ id: 1, name: 'a' }, { id: 2 }]);
    expect(await harness.rows(table)).toEqual([]);
    if (!committable) throw new Error('no committable');
    expect(await run.committer.commit(committable)).toEqual({ status: 'committed' });
    expect(await harness.rows(table)).toEqual([
      { id: 1, name: 'a' },
      { id: 2, name: null },
    ]);
    expect(await run.committer.commit(committable)).toMatchObject({ status: 'alreadyCommitted' });
    await run.close();
  });
});
