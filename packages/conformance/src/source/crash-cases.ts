import type { ChildPool } from '../crash/child-pool.js';
import type { CrashPoint } from '../crash/fault.js';
import { FaultLine } from '../crash/fault-line.js';
import { crashAndRestart } from '../crash/matrix.js';
import { expectNothingOpen } from '../crash/open-rounds.js';
import { disagreements, disorder } from '../kit/compare.js';
import { ConnectionCuts } from '../kit/connection-cuts.js';
import { itemsFrom } from '../kit/item.js';
import { SeededNumbers } from '../kit/random.js';
import { messageOf, noneOf, violated } from '../kit/violation.js';
import { within } from '../kit/within.js';
import { collectionAt, runSourceJob } from './source-job.js';
import type { SourceStage } from './source-stage.js';

const ITEMS = 160;
/** A run has at least so many checkpoints with elements in them. */
const CHECKPOINTS = 3;

export async function crash<T, S, P>(
  stage: SourceStage<T, S, P>,
  pool: ChildPool,
  point: CrashPoint,
  attempt: number,
): Promise<void> {
  const random = new SeededNumbers(stage.settings.seed, `${point} ${attempt}`);
  const { options, place, settings } = stage;
  // A source that follows is given a part of its input while it is down.
  const first = options.bounded ? ITEMS : ITEMS - 30;
  await stage.append(itemsFrom(0, first));
  const collection = collectionAt(place);
  const nth = point === 'after-open' ? 1 : random.between(1, CHECKPOINTS);
  await crashAndRestart(
    {
      pool,
      place,
      settings,
      count: ITEMS,
      judge: {
        tooEarly: async () =>
          disagreements(itemsFrom(0, first), collection.items(), { kind: 'exact' }).filter(isNoLoss),
        beforeRestart: () => stage.append(itemsFrom(first, ITEMS - first)),
        async inTheEnd() {
          const found = collection.items();
          const ordered = (options.capabilities?.order ?? true) === true;
          return [...disagreements(itemsFrom(0, ITEMS), found, { kind: 'exact' }), ...(ordered ? disorder(found) : [])];
        },
      },
    },
    [[{ kind: 'kill', point, nth, delay: point.startsWith('during-') ? random.between(0, 6) : 0 }]],
  );
}

/** In the middle of a run, what is missing may yet come. */
function isNoLoss(problem: string): boolean {
  return !problem.endsWith(' is lost');
}

export async function leavesNothingOpen<T, S, P>(stage: SourceStage<T, S, P>, pool: ChildPool): Promise<void> {
  await stage.append(itemsFrom(0, 60));
  await expectNothingOpen(pool, stage.place, stage.settings);
}

/** Restarts that a job may need to get over cut connections. */
const RESTARTS = 20;
/** A job may take so many times as long as one step of it. */
const STEPS = 6;

export async function connectionLoss<T, S, P>(stage: SourceStage<T, S, P>): Promise<void> {
  const { options, place, settings } = stage;
  // What a source that follows is given after a cut is not in its buffer yet: it comes by another connection.
  let appended = options.bounded ? ITEMS : ITEMS / 2;
  await stage.append(itemsFrom(0, appended));
  const stop = new AbortController();
  const cuts = new ConnectionCuts([ITEMS / 4, (ITEMS * 3) / 4], async () => {
    await options.loseConnections?.(place);
    if (appended < ITEMS) await stage.append(itemsFrom(appended, ITEMS - appended));
    appended = ITEMS;
  });
  const job = runSourceJob({
    place,
    source: (await stage.source()) as never,
    line: new FaultLine([], { hold: async () => {}, suspend() {} }),
    stop: stop.signal,
    restarts: RESTARTS,
    count: ITEMS,
    patience: settings.limit * 2,
    quiet: settings.quiet,
    item: (element: T) => stage.item(element),
    onCollected: (count) => cuts.at(count),
  });
  try {
    await within(settings.limit * STEPS, 'the job', job);
  } catch (error) {
    stop.abort();
    violated(`the job failed: ${messageOf(error)}`, error);
  }
  await stage.within('loseConnections()', cuts.made());
  noneOf(disagreements(itemsFrom(0, ITEMS), collectionAt(place).items(), { kind: 'exact' }));
}
