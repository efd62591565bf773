import { createJob, memoryCheckpoints, to } from '@sluice/core';
import { collectTransactionalSink, drive } from '@sluice/testing';
import { generatedSource, randomOf } from '@sluice-examples/runner';
import { expect, it } from 'vitest';
import { customerService, rateOf, tradeOf } from './market.js';
import { type EnrichedTrade, enriched } from './pipeline.js';

it('gives each trade the rate of its moment and its customer, exactly once, through crashes', async () => {
  const records = 2_000;
  const service = customerService();
  const sink = collectTransactionalSink<EnrichedTrade>();
  const trades = generatedSource({ records, rate: 500, seed: 1, record: tradeOf });
  const rates = generatedSource({ records: records / 10, rate: 50, seed: 2, record: rateOf });
  const job = createJob('enrichment', enriched(trades, rates, service.lookUp).pipe(to(sink)), {
    guarantee: 'exactly-once',
    checkpoints: { interval: '400ms', storage: memoryCheckpoints() },
  });
  const driver = drive(job, { seed: 8 });
  for (let crash = 0; crash < 3; crash++) {
    await driver.advance('1s');
    await driver.crash();
    await driver.restart();
  }
  await driver.finish();

  const known = Array.from({ length: records / 10 }, (_, index) => rateOf(index, randomOf(2, index)));
  const expected = Array.from({ length: records }, (_, index) => {
    const { id, customer, currency, amount, at } = tradeOf(index, randomOf(1, index));
    const rate = known.filter((one) => one.currency === currency && one.at <= at).at(-1);
    return { id, name: `customer ${customer}`, euros: rate && amount * rate.euros };
  });
  const received = [...sink.values].sort((a, b) => a.id - b.id).map(({ id, name, euros }) => ({ id, name, euros }));
  expect(received).toEqual(expected);
  expect(received.some(({ euros }) => euros === undefined)).toBe(true);
  // Two hundred customers, each asked for once in a life or a little more.
  expect(service.asked).toBeLessThan(records);
});
