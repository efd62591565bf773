import { ChildPool } from '../crash/child-pool.js';
import type { CaseList, CaseText, ConformanceCase } from '../kit/case.js';
import type { Claim } from '../kit/connector-options.js';
import { makeCase, withoutKills } from '../kit/make-cases.js';
import type { Settings } from '../kit/settings.js';
import { connectionLoss, crash, leavesNothingOpen } from './crash-cases.js';
import { sourceCrashes } from './crash-catalogue.js';
import { closesInTime, letsGo } from './ending-cases.js';
import {
  acknowledgeIsRepeatable,
  endsBehindTheLast,
  followsNewElements,
  replaysFromAnyPosition,
  rescale,
} from './position-cases.js';
import {
  batchesAreWellFormed,
  discoverIsStable,
  orderIsKept,
  readsEverything,
  waitsWithoutLoss,
} from './reading-cases.js';
import { optionsAreValidated, poisonIsTold, unreachableIsAClearError } from './refusal-cases.js';
import { type SourceCaseName, sourceCatalogue } from './source-catalogue.js';
import type { SourceConformanceOptions } from './source-options.js';
import { SourceStage } from './source-stage.js';

type Run = <T, S, P>(stage: SourceStage<T, S, P>, pool: ChildPool) => Promise<void>;

const RUNS: Readonly<Record<SourceCaseName, Run>> = {
  'options-are-validated': optionsAreValidated,
  'unreachable-is-a-clear-error': unreachableIsAClearError,
  'discover-is-stable': discoverIsStable,
  'reads-everything': readsEverything,
  'order-is-kept': orderIsKept,
  'batches-are-well-formed': batchesAreWellFormed,
  'replays-from-any-position': replaysFromAnyPosition,
  'ends-behind-the-last': endsBehindTheLast,
  'follows-new-elements': followsNewElements,
  'waits-without-loss': waitsWithoutLoss,
  'lets-go': letsGo,
  rescale,
  'acknowledge-is-repeatable': acknowledgeIsRepeatable,
  'poison-is-told': poisonIsTold,
  'closes-in-time': closesInTime,
  'leaves-nothing-open': leavesNothingOpen,
  'connection-loss': connectionLoss,
};

export function sourceCases<T, S, P>(options: SourceConformanceOptions<T, S, P>, settings: Settings): CaseList {
  const pool = new ChildPool(options, settings.limit * 3);

  function make(
    id: string,
    text: CaseText,
    skipped: string | undefined,
    times: number,
    run: (stage: SourceStage<T, S, P>, attempt: number) => Promise<void>,
  ): ConformanceCase {
    return makeCase(options, settings, {
      id,
      text,
      skipped,
      times,
      async run(place, attempt) {
        const stage = new SourceStage(options, place, settings);
        try {
          await run(stage, attempt);
        } finally {
          await stage.end();
        }
      },
    });
  }

  const direct = Object.entries(sourceCatalogue).map(([name, text]) =>
    make(`source/${name}`, text, reasonToSkip(name as SourceCaseName, options), 1, (stage) =>
      RUNS[name as SourceCaseName](stage, pool),
    ),
  );
  const killed = sourceCrashes.map((one) =>
    make(`source/crash/${one.point}`, one, withoutKills(settings), settings.kills, (stage, attempt) =>
      crash(stage, pool, one.point, attempt),
    ),
  );
  return { cases: [...direct, ...killed], end: () => pool.end() };
}

function declined(claim: Claim): string | undefined {
  return claim === true ? undefined : claim;
}

function reasonToSkip<T, S, P>(name: SourceCaseName, options: SourceConformanceOptions<T, S, P>): string | undefined {
  const { capabilities = {}, bounded } = options;
  switch (name) {
    case 'options-are-validated':
      return options.invalidOptions === undefined ? 'no `invalidOptions` given' : undefined;
    case 'unreachable-is-a-clear-error':
      return options.unreachable === undefined ? 'no `unreachable` given' : undefined;
    case 'poison-is-told':
      return options.poison === undefined ? 'no `poison` given' : undefined;
    case 'connection-loss':
      return options.loseConnections === undefined ? 'no `loseConnections` given' : undefined;
    case 'order-is-kept':
      return declined(capabilities.order ?? true);
    case 'follows-new-elements':
      return declined(capabilities.follows ?? (bounded ? 'the source is bounded: it ends' : true));
    case 'rescale':
      return declined(capabilities.rescale ?? true);
    default:
      return undefined;
  }
}
