import { join } from 'node:path';
import { createJob, fileCheckpoints, fixedDelay, fromSource, to } from '@sluice/core';
import type { Pipelines } from '../crash/serve.js';
import { tapSink } from '../crash/sink-tap.js';
import { tapSource } from '../crash/source-tap.js';
import { CompletionLog, tapStorage } from '../crash/storage-tap.js';
import { itemsFrom } from '../kit/item.js';
import { itemSource } from '../kit/item-source.js';
import type { Settings } from '../kit/settings.js';
import type { SinkConformanceOptions } from './sink-options.js';
import { prepareEpoch, startTransactional, startWriter, writeAll } from './sink-run.js';
import { SinkStage } from './sink-stage.js';

/** Elements in one batch, and elements that are at most written ahead of a complete checkpoint. */
const PACE = { batch: 5, ahead: 30 };

/** What a child process does with the author's sink. */
export function sinkPipelines<T>(options: SinkConformanceOptions<T>, settings: Settings): Pipelines {
  const element = (item: Parameters<NonNullable<typeof options.element>>[0]): T =>
    options.element === undefined ? (item as T) : options.element(item);
  return {
    async run(place, plan, line, stop) {
      const log = new CompletionLog(place.folder);
      const items = itemSource<T>({ count: plan.count, element, onPosition: (position) => log.covers(position) });
      const source = tapSource(items, line, PACE);
      const sink = tapSink(await options.create(place), line);
      const storage = tapStorage(fileCheckpoints(join(place.folder, 'checkpoints')), line, () => log.completed());
      const job = createJob(`job-${place.id}`, fromSource(source).pipe(to(sink, { uid: 'sink' })), {
        checkpoints: { interval: 5, storage },
        restart: fixedDelay({ attempts: plan.restarts, delay: 100 }),
      });
      await job.run({ signal: stop });
    },
    async openAndClose(place, round) {
      const stage = new SinkStage(options, place, settings);
      const items = itemsFrom(round * 20, 20);
      const sink = await stage.sink();
      try {
        await sink.check?.(stage.context(round));
        if (sink.guarantee === 'transactional') {
          const run = await startTransactional(stage, round);
          await stage.commit(run.committer, (await prepareEpoch(stage, run, round, items)).committables);
        } else {
          const { writer } = await startWriter(stage, round);
          await writeAll(stage, writer, items);
          await stage.within('flush()', writer.flush());
        }
      } finally {
        await stage.end();
      }
    },
  };
}
