import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSink, ndjson } from '@sluice/file';
import { generatedSource, runGenerated } from '@sluice-examples/runner';
import { customerService, rateOf, tradeOf } from './market.js';
import { type EnrichedTrade, enrichmentJob } from './pipeline.js';

const service = customerService();

await runGenerated({
  name: 'enrichment',
  about: 'Trades with the rate of their moment and with their customer, by two joins.',
  unit: 'trades',
  records: 3_000,
  record: tradeOf,
  prepare: async (folder) => void (await mkdir(join(folder, 'trades'), { recursive: true })),
  open({ name, source, folder, records, rate, seed }) {
    const directory = join(folder, 'trades');
    return {
      job: enrichmentJob({
        name,
        trades: source,
        rates: generatedSource({
          records: Math.ceil(records / 10),
          rate: Math.ceil(rate / 10),
          seed: seed + 1,
          record: rateOf,
        }),
        lookUp: service.lookUp,
        enriched: fileSink<EnrichedTrade>({ directory, format: ndjson(), roll: { everyCheckpoint: true } }),
        checkpoints: join(folder, 'checkpoints'),
      }),
      async result() {
        const files = (await readdir(directory)).filter((file) => file.endsWith('.ndjson'));
        const texts = await Promise.all(files.map((file) => readFile(join(directory, file), 'utf8')));
        const trades = texts
          .join('')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as EnrichedTrade);
        const sums = new Map<string, number>();
        for (const { country, euros = 0 } of trades) sums.set(country, (sums.get(country) ?? 0) + euros);
        return [
          `${trades.length} trades in ${directory}; the customer service was asked ${service.asked} times. Euros by country:`,
          ...[...sums]
            .sort(([, a], [, b]) => b - a)
            .map(([country, euros]) => `  ${country} ${Math.round(euros).toLocaleString('en').padStart(10)}`),
        ];
      },
    };
  },
});
