import type { Source } from '@sluice/connector-sdk';
import type { Pipelines } from '../crash/serve.js';
import type { ConformanceItem } from '../kit/item.js';
import type { Settings } from '../kit/settings.js';
import { startReading } from './read-splits.js';
import { runSourceJob } from './source-job.js';
import type { SourceConformanceOptions } from './source-options.js';
import { SourceStage } from './source-stage.js';

/** What a child process does with the author's source. */
export function sourcePipelines<T, S, P>(options: SourceConformanceOptions<T, S, P>, settings: Settings): Pipelines {
  const item = (element: T): ConformanceItem =>
    options.item === undefined ? (element as unknown as ConformanceItem) : options.item(element);
  return {
    async run(place, plan, line, stop) {
      const source = (await options.create(place)) as Source<T>;
      await runSourceJob({ place, source, line, stop, item, ...plan });
    },
    async openAndClose(place, round) {
      const stage = new SourceStage(options, place, settings);
      try {
        const { reader, splits } = await startReading(stage, round);
        for (const split of splits) {
          const iterator = reader.read(split, undefined, stage.signal)[Symbol.asyncIterator]();
          await stage.within(
            'the first batch',
            Promise.race([iterator.next(), new Promise((resolve) => setTimeout(resolve, 500))]),
          );
          await stage.within('return()', iterator.return?.());
        }
        await stage.within('close()', reader.close());
      } finally {
        await stage.end();
      }
    },
  };
}
