import type { ChildPool } from '../crash/child-pool.js';
import type { CrashPoint, Fault } from '../crash/fault.js';
import { type CrashSite, crashAndRestart, stopAndReplace } from '../crash/matrix.js';
import { expectNothingOpen } from '../crash/open-rounds.js';
import { CompletionLog } from '../crash/storage-tap.js';
import { disagreements, strangers } from '../kit/compare.js';
import { itemsFrom } from '../kit/item.js';
import { SeededNumbers } from '../kit/random.js';
import type { SinkStage } from './sink-stage.js';

const ITEMS = 160;
/** A run has at least so many checkpoints with elements in them. */
const CHECKPOINTS = 3;

export async function crash<T>(
  stage: SinkStage<T>,
  pool: ChildPool,
  point: CrashPoint,
  attempt: number,
): Promise<void> {
  const random = new SeededNumbers(stage.settings.seed, `${point} ${attempt}`);
  await crashAndRestart(await siteOf(stage, pool), livesOf(point, random));
}

export async function zombie<T>(
  stage: SinkStage<T>,
  pool: ChildPool,
  point: CrashPoint,
  attempt: number,
): Promise<void> {
  const random = new SeededNumbers(stage.settings.seed, `zombie ${point} ${attempt}`);
  await stopAndReplace(await siteOf(stage, pool), { kind: 'hold', point, nth: nthOf(point, random), delay: 0 });
}

async function siteOf<T>(stage: SinkStage<T>, pool: ChildPool): Promise<CrashSite> {
  const sink = await stage.sink();
  const agreement = stage.agreement(sink);
  const log = new CompletionLog(stage.place.folder);
  return {
    pool,
    place: stage.place,
    settings: stage.settings,
    count: ITEMS,
    judge: {
      async tooEarly() {
        if (agreement.kind !== 'exact') return [];
        return strangers(itemsFrom(0, log.read()), await stage.visible());
      },
      async inTheEnd() {
        const left = await stage.within('leftovers()', stage.options.leftovers?.(stage.place) ?? []);
        return [
          ...disagreements(itemsFrom(0, ITEMS), await stage.visible(), agreement),
          ...left.map((name) => `${name} is left`),
        ];
      },
    },
  };
}

function livesOf(point: CrashPoint, random: SeededNumbers): Fault[][] {
  if (point.endsWith('-recover')) {
    // So that there is something to recover.
    const before = random.between(1, CHECKPOINTS);
    return [[{ kind: 'kill', point: 'after-publish', nth: before, delay: 0 }], [killAt(point, 1, random)]];
  }
  if (point.endsWith('-abort')) {
    const suspend: Fault = { kind: 'suspend', point: 'after-write', nth: nthOf('after-write', random), delay: 0 };
    return [[suspend, killAt(point, 1, random)]];
  }
  return [[killAt(point, nthOf(point, random), random)]];
}

function killAt(point: CrashPoint, nth: number, random: SeededNumbers): Fault {
  return { kind: 'kill', point, nth, delay: point.startsWith('during-') ? random.between(0, 6) : 0 };
}

function nthOf(point: CrashPoint, random: SeededNumbers): number {
  return point === 'after-write' ? random.between(20, ITEMS - 40) : random.between(1, CHECKPOINTS);
}

export async function leavesNothingOpen<T>(stage: SinkStage<T>, pool: ChildPool): Promise<void> {
  await expectNothingOpen(pool, stage.place, stage.settings);
}
