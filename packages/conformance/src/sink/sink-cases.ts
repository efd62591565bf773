import type { Sink } from '@sluice/connector-sdk';
import { ChildPool } from '../crash/child-pool.js';
import type { CaseList } from '../kit/case.js';
import type { Claim } from '../kit/connector-options.js';
import { caseMaker, declined, without, withoutKills } from '../kit/make-cases.js';
import type { Settings } from '../kit/settings.js';
import { closesInTime } from './closing-cases.js';
import { crash, leavesNothingOpen, zombie } from './crash-cases.js';
import {
  type CrashCase,
  transactionalCrashes,
  transactionalZombies,
  writerCrashes,
  writerZombies,
} from './crash-catalogue.js';
import { backpressure, epochsOfAnySize, flushIsDurable, flushWhileWriting, orderIsKept } from './delivery-cases.js';
import { connectionLoss, deliversEverything } from './job-cases.js';
import { keyIsDeterministic, replayChangesNothing } from './keyed-cases.js';
import { checkPasses, optionsAreValidated, poisonIsTold, unreachableIsAClearError } from './refusal-cases.js';
import { fencing, rescale } from './replacement-cases.js';
import { type SinkCaseName, sinkCatalogue } from './sink-catalogue.js';
import type { SinkConformanceOptions } from './sink-options.js';
import { SinkStage } from './sink-stage.js';
import {
  abortLeavesNothing,
  commitIsIdempotent,
  committableCodec,
  epochsDoNotMix,
  everyCommittableCounts,
  leavesNoTransactions,
  nothingVisibleBeforeCommit,
  recoverIsRepeatable,
  recoverRollsBackTheRest,
} from './transaction-cases.js';

type Guarantee = Sink<unknown>['guarantee'];
type Run = <T>(stage: SinkStage<T>, pool: ChildPool) => Promise<void>;

const RUNS: Readonly<Record<SinkCaseName, Run>> = {
  'options-are-validated': optionsAreValidated,
  'unreachable-is-a-clear-error': unreachableIsAClearError,
  'check-passes': checkPasses,
  'delivers-everything': deliversEverything,
  'order-is-kept': orderIsKept,
  'flush-is-durable': flushIsDurable,
  'flush-while-writing': flushWhileWriting,
  'epochs-of-any-size': epochsOfAnySize,
  backpressure,
  'nothing-visible-before-commit': nothingVisibleBeforeCommit,
  'every-committable-counts': everyCommittableCounts,
  'committable-codec': committableCodec,
  'commit-is-idempotent': commitIsIdempotent,
  'epochs-do-not-mix': epochsDoNotMix,
  'abort-leaves-nothing': abortLeavesNothing,
  'recover-rolls-back-the-rest': recoverRollsBackTheRest,
  'leaves-no-transactions': leavesNoTransactions,
  'recover-is-repeatable': recoverIsRepeatable,
  rescale,
  fencing,
  'key-is-deterministic': keyIsDeterministic,
  'replay-changes-nothing': replayChangesNothing,
  'poison-is-told': poisonIsTold,
  'closes-in-time': closesInTime,
  'leaves-nothing-open': leavesNothingOpen,
  'connection-loss': connectionLoss,
};

export function sinkCases<T>(options: SinkConformanceOptions<T>, settings: Settings): CaseList {
  const { guarantee } = options;
  const pool = new ChildPool(options, settings.limit * 3);

  const make = caseMaker(options, settings, (place) => new SinkStage(options, place, settings));
  const direct = Object.entries(RUNS).map(([key, run]) => {
    const name = key as SinkCaseName;
    const skipped = reasonToSkip(name, options, guarantee);
    return make({ id: `sink/${name}`, text: sinkCatalogue[name], skipped, times: 1, run: (stage) => run(stage, pool) });
  });
  const killed = (prefix: string, cases: readonly CrashCase[], reason: string | undefined, run: typeof crash<T>) =>
    cases.map((text) =>
      make({
        id: `sink/${prefix}/${text.point}`,
        text,
        skipped: reason ?? withoutKills(settings),
        times: settings.kills,
        run: (stage, attempt) => run(stage, pool, text.point, attempt),
      }),
    );
  const isTransactional = guarantee === 'transactional';
  const noFence = declined(fencingOf(options, guarantee));
  return {
    cases: [
      ...direct,
      ...killed('crash', isTransactional ? transactionalCrashes : writerCrashes, undefined, crash),
      ...killed('zombie', isTransactional ? transactionalZombies : writerZombies, noFence, zombie),
    ],
    end: () => pool.end(),
  };
}

function fencingOf<T>(options: SinkConformanceOptions<T>, guarantee: Guarantee): Claim {
  if (guarantee === 'at-least-once') return options.capabilities?.fencing ?? 'at-least-once: repeats are allowed';
  return options.capabilities?.fencing ?? true;
}

const TRANSACTIONAL: readonly SinkCaseName[] = [
  'nothing-visible-before-commit',
  'every-committable-counts',
  'committable-codec',
  'commit-is-idempotent',
  'epochs-do-not-mix',
  'abort-leaves-nothing',
  'recover-rolls-back-the-rest',
  'leaves-no-transactions',
  'recover-is-repeatable',
  'rescale',
];
const WRITERS: readonly SinkCaseName[] = ['flush-is-durable', 'flush-while-writing'];
const IDEMPOTENT: readonly SinkCaseName[] = ['key-is-deterministic', 'replay-changes-nothing'];

function reasonToSkip<T>(
  name: SinkCaseName,
  options: SinkConformanceOptions<T>,
  guarantee: Guarantee,
): string | undefined {
  if (TRANSACTIONAL.includes(name) && guarantee !== 'transactional')
    return `the sink is ${guarantee}: it has no transactions`;
  if (WRITERS.includes(name) && guarantee === 'transactional') return 'the sink is transactional: it has no flush()';
  if (IDEMPOTENT.includes(name) && guarantee !== 'idempotent') return `the sink is ${guarantee}: it has no keys`;
  const { capabilities = {} } = options;
  switch (name) {
    case 'options-are-validated':
      return without(options, 'invalidOptions');
    case 'unreachable-is-a-clear-error':
      return without(options, 'unreachable');
    case 'leaves-no-transactions':
      return without(options, 'leftovers');
    case 'poison-is-told':
      return without(options, 'poison');
    case 'connection-loss':
      return declined(capabilities.connections ?? true) ?? without(options, 'loseConnections');
    case 'order-is-kept':
      return declined(capabilities.order ?? 'not claimed: `readBack` has no order');
    case 'backpressure':
      return declined(capabilities.backpressure ?? true);
    case 'rescale':
      return declined(capabilities.rescale ?? true);
    case 'fencing':
      return declined(fencingOf(options, guarantee));
    default:
      return undefined;
  }
}
