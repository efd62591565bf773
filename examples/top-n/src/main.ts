import { join } from 'node:path';
import { callbackSink } from '@sluice/core';
import { runGenerated } from '@sluice-examples/runner';
import { Dashboard } from './dashboard.js';
import { mentionOf } from './mentions.js';
import { type Ranking, rankingsJob } from './pipeline.js';

await runGenerated({
  name: 'top-n',
  about: 'What is talked about now, as a dashboard in the terminal.',
  unit: 'mentions',
  records: 30_000,
  rate: 2_000,
  record: mentionOf,
  open({ name, source, folder }) {
    const dashboard = new Dashboard(process.stdout);
    const rankings = callbackSink((ranking: Ranking) => dashboard.show(ranking));
    return { job: rankingsJob({ name, source, rankings, checkpoints: join(folder, 'checkpoints') }) };
  },
});
