import { arraySource, callbackSink, createJob, memoryCheckpoints, to } from '@sluice/core';
import { assertRestorable, collectTransactionalSink, drive } from '@sluice/testing';
import { generatedSource, randomOf } from '@sluice-examples/runner';
import { expect, it } from 'vitest';
import { type Alert, alerting, alertsOf, type Reading, SILENCE } from './pipeline.js';
import { readingOf, SENSORS } from './readings.js';

it('tells what is far off, and a sensor that is silent once, through crashes', async () => {
  const records = 3_600;
  const alerts = collectTransactionalSink<Alert>();
  const source = generatedSource({ records, rate: 600, seed: 1, record: readingOf });
  const driver = drive(
    createJob('alerts', alertsOf(source).pipe(to(alerts)), {
      checkpoints: { interval: '1s', storage: memoryCheckpoints() },
    }),
    { seed: 2 },
  );
  for (let crash = 0; crash < 3; crash++) {
    await driver.advance('1500ms');
    await driver.crash();
    await driver.restart();
  }
  await driver.finish();

  const readings = Array.from({ length: records }, (_, index) => readingOf(index, randomOf(1, index)));
  const jumps = readings.filter(({ sensor, value }) => value - 20 - Number(sensor.slice(7)) > 10);
  const told = alerts.values.flatMap((alert) => (alert.type === 'unusual' ? [`${alert.sensor} ${alert.at}`] : []));
  // Before a sensor is known nothing is unusual.
  const known = jumps.filter((jump) => readings.indexOf(jump) > 25 * SENSORS);
  expect(known.length).toBeGreaterThan(3);
  expect(told).toEqual(expect.arrayContaining(known.map(({ sensor, at }) => `${sensor} ${at}`)));
  expect(told.length).toBeLessThanOrEqual(jumps.length);
  expect(new Set(told).size).toBe(told.length);

  const end = Math.max(...readings.map(({ at }) => at));
  const silent = alerts.values.flatMap((alert) =>
    alert.type === 'silent' && alert.since + SILENCE < end ? [alert.sensor] : [],
  );
  expect(silent).toEqual(['sensor 7']);
});

it('tells the same wherever it is restored', async () => {
  const readings: Reading[] = Array.from({ length: 40 }, (_, n) => ({
    sensor: 'a',
    value: n === 35 ? 99 : n % 5,
    at: n * 1_000 + (n > 37 ? 10 * SILENCE : 0),
  }));
  const alerts: Alert[] = [];
  const job = createJob(
    'once',
    alertsOf(arraySource(readings)).pipe(to(callbackSink((alert) => void alerts.push(alert)))),
  );
  await job.run();
  expect(alerts.map(({ type }) => type)).toEqual(['unusual', 'silent', 'silent']);
  await assertRestorable((readings$) => alerting(readings$), readings);
});
