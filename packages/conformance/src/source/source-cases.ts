import { ChildPool } from '../crash/child-pool.js';
import type { CaseList } from '../kit/case.js';
import { caseMaker, declined, without, withoutKills } from '../kit/make-cases.js';
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

  const make = caseMaker(options, settings, (place) => new SourceStage(options, place, settings));
  const direct = Object.entries(RUNS).map(([key, run]) => {
    const name = key as SourceCaseName;
    const skipped = reasonToSkip(name, options);
    return make({
      id: `source/${name}`,
      text: sourceCatalogue[name],
      skipped,
      times: 1,
      run: (stage) => run(stage, pool),
    });
  });
  const killed = sourceCrashes.map((text) =>
    make({
      id: `source/crash/${text.point}`,
      text,
      skipped: withoutKills(settings),
      times: settings.kills,
      run: (stage, attempt) => crash(stage, pool, text.point, attempt),
    }),
  );
  return { cases: [...direct, ...killed], end: () => pool.end() };
}

function reasonToSkip<T, S, P>(name: SourceCaseName, options: SourceConformanceOptions<T, S, P>): string | undefined {
  const { capabilities = {}, bounded } = options;
  switch (name) {
    case 'options-are-validated':
      return without(options, 'invalidOptions');
    case 'unreachable-is-a-clear-error':
      return without(options, 'unreachable');
    case 'poison-is-told':
      return without(options, 'poison');
    case 'connection-loss':
      return declined(capabilities.connections ?? true) ?? without(options, 'loseConnections');
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
