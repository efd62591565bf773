import { join } from 'node:path';
import { callbackSink } from '@sluice/core';
import { runGenerated } from '@sluice-examples/runner';
import { type Alert, alertsJob } from './pipeline.js';
import { readingOf } from './readings.js';

const time = (at: number): string => new Date(at).toISOString().slice(11, 19);
const lineOf = (alert: Alert): string =>
  alert.type === 'silent'
    ? `${time(alert.since)} ${alert.sensor} has been silent for a minute`
    : `${time(alert.at)} ${alert.sensor} says ${alert.value.toFixed(1)}, and usually ${alert.usual.toFixed(1)}`;

await runGenerated({
  name: 'anomaly-alert',
  about: 'Alerts of readings that are unusual, and of sensors that are silent.',
  unit: 'readings',
  records: 3_600,
  record: readingOf,
  open({ name, source, folder }) {
    const alerts = callbackSink((alert: Alert) => void process.stdout.write(`${lineOf(alert)}\n`));
    return { job: alertsJob({ name, source, alerts, checkpoints: join(folder, 'checkpoints') }) };
  },
});
