import type { Sink } from '@sluice/connector-sdk';
import { ChildPool } from '../crash/child-pool.js';
import type { CaseList, CaseText, ConformanceCase } from '../kit/case.js';
import type { Claim } from '../kit/connector-options.js';
import { makeCase, withoutKills } from '../kit/make-cases.js';
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

  function make(
    id: string,
    text: CaseText,
    skipped: string | undefined,
    times: number,
    run: RunOnce<T>,
  ): ConformanceCase {
    return makeCase(options, settings, {
      id,
      text,
      skipped,
      times,
      async run(place, attempt) {
        const stage = new SinkStage(options, place, settings);
        try {
          await run(stage, attempt);
        } finally {
          await stage.end();
        }
      },
    });
  }

  const direct = Object.entries(sinkCatalogue).map(([name, text]) =>
    make(`sink/${name}`, text, reasonToSkip(name as SinkCaseName, options, guarantee), 1, (stage) =>
      RUNS[name as SinkCaseName](stage, pool),
    ),
  );
  const killed = (prefix: string, cases: readonly CrashCase[], skipped: string | undefined, run: typeof crash<T>) =>
    cases.map((one) =>
      make(`sink/${prefix}/${one.point}`, one, skipped ?? withoutKills(settings), settings.kills, (stage, attempt) =>
        run(stage, pool, one.point, attempt),
      ),
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

type RunOnce<T> = (stage: SinkStage<T>, attempt: number) => Promise<void>;

function declined(claim: Claim): string | undefined {
  return claim === true ? undefined : claim;
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
      return options.invalidOptions === undefined ? 'no `invalidOptions` given' : undefined;
    case 'unreachable-is-a-clear-error':
      return options.unreachable === undefined ? 'no `unreachable` given' : undefined;
    case 'leaves-no-transactions':
      return options.leftovers === undefined ? 'no `leftovers` given' : undefined;
    case 'poison-is-told':
      return options.poison === undefined ? 'no `poison` given' : undefined;
    case 'connection-loss':
      return options.loseConnections === undefined ? 'no `loseConnections` given' : undefined;
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
