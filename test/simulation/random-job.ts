import {
  boundedOutOfOrderness,
  createJob,
  type DataStream,
  type Flow,
  fromSource,
  type Job,
  type Sink,
  to,
  union,
  withTimestamps,
} from '@sluice/core';
import type { SeededRandom, SimulationTools } from '@sluice/testing';
import type { Observable } from 'rxjs';
import type { Branch } from './branch.js';
import { clockTimers, clockWindows } from './branches/clock-timers.js';
import { countWindows, windowsOfAll } from './branches/counted.js';
import { eventTimers } from './branches/event-timers.js';
import { asOfJoins, coGroups, intervalJoins, windowJoins } from './branches/joins.js';
import { lateElements } from './branches/late.js';
import { matches } from './branches/matches.js';
import { firsts, lasts, rankings } from './branches/ranked.js';
import { rolling } from './branches/rolling.js';
import { sessions } from './branches/sessions.js';
import { pairs, sides } from './branches/sides.js';
import { stateless } from './branches/stateless.js';
import { states } from './branches/states.js';
import { aggregatedWindows, fullWindows } from './branches/windows.js';
import { CheckedSink } from './checked-sink.js';
import { boundOf, type Event, randomSplits, type Shape, type Splits } from './event.js';
import { randomStage, type Stage } from './stages.js';

/** Virtual time before the input ends: every timer of the clock has fired by then. */
const END_AFTER = '400ms';

interface Input {
  readonly splits: Splits;
  readonly bound: number;
  readonly every: number;
}

/** Streams that belong together: their sources, what lies on the way, and their ends. */
interface Part {
  readonly inputs: readonly Input[];
  readonly stages: readonly Stage[];
  readonly branches: readonly { readonly branch: Branch; readonly sinks: readonly CheckedSink[] }[];
}

/** A job whose graph, input and options are random. */
export interface RandomJob {
  readonly description: string;
  readonly sinks: readonly CheckedSink[];
  build(tools: SimulationTools): Job;
}

export function randomJob(random: SeededRandom): RandomJob {
  const from = { id: 1, split: 0 };
  const parts = [mainPart(random, from), ...(random.chance(0.4) ? [latePart(random, from)] : [])];
  const checkpoints = {
    interval: random.int(20, 200),
    timeout: random.chance(0.3) ? random.int(20, 200) : 60_000,
    minPause: random.pick([0, 0, 15]),
    tolerableFailures: random.int(0, 2),
    retained: random.int(1, 3),
  };
  return {
    description: parts.map(describe).join(' and '),
    sinks: parts.flatMap(({ branches }) => branches.flatMap(({ sinks }) => sinks)),
    build: (tools) =>
      createJob(
        'random',
        parts.flatMap((part) => flowsOf(part, tools)),
        { checkpoints: { ...checkpoints, storage: tools.storage } },
      ),
  };
}

function mainPart(random: SeededRandom, from: { id: number; split: number }): Part {
  const inputs = Array.from({ length: random.int(1, 2) }, () => {
    const shape: Shape = { splits: random.int(1, 3), longest: 12, keys: random.int(1, 4), disorder: random.int(0, 80) };
    return { splits: randomSplits(random, shape, from), bound: boundOf(shape), every: random.pick([0, 0, 5, 50]) };
  });
  const stages: Stage[] = [];
  for (let count = random.int(0, 3); count > 0; count--) {
    const stage = randomStage(random);
    if (!stages.some(({ name }) => name === stage.name)) stages.push(stage);
  }
  const ordered = stages.every((stage) => stage.ordered);
  const splits = throughStages(inputs, stages);
  const branches = Array.from({ length: random.int(1, 3) }, () => {
    const branch = randomBranch(random, ordered);
    return { branch, sinks: sinksOf(random, branch, splits) };
  });
  return { inputs, stages, branches };
}

function latePart(random: SeededRandom, from: { id: number; split: number }): Part {
  const bound = random.int(0, 20);
  const shape: Shape = { splits: 1, longest: 40, keys: 2, disorder: 200 };
  const inputs = [{ splits: randomSplits(random, shape, from), bound, every: 0 }];
  const branch = lateElements(random, bound);
  return { inputs, stages: [], branches: [{ branch, sinks: sinksOf(random, branch, throughStages(inputs, [])) }] };
}

function randomBranch(random: SeededRandom, ordered: boolean): Branch {
  const kinds = [
    stateless,
    aggregatedWindows,
    fullWindows,
    sessions,
    eventTimers,
    clockTimers,
    clockWindows,
    sides,
    pairs,
    windowsOfAll,
    intervalJoins,
    windowJoins,
    coGroups,
    asOfJoins,
    firsts,
    lasts,
    ...(ordered ? [rolling, states, countWindows, rankings, matches] : []),
  ];
  return random.pick(kinds)(random);
}

function sinksOf(random: SeededRandom, branch: Branch, splits: Splits): CheckedSink[] {
  return branch.expected(splits).map((expected, index) => {
    const kind = branch.fold
      ? 'transactional'
      : random.pick(['transactional', 'transactional', 'idempotent', 'at-least-once'] as const);
    return new CheckedSink(`${branch.name} #${index + 1}`, kind, expected, branch.fold);
  });
}

function throughStages(inputs: readonly Input[], stages: readonly Stage[]): Splits {
  return inputs
    .flatMap(({ splits }) => splits)
    .map((events) => stages.reduce<readonly Event[]>((before, stage) => stage.expected(before), events));
}

function flowsOf({ inputs, stages, branches }: Part, tools: SimulationTools): Flow[] {
  const streams = inputs.map(({ splits, bound, every }) =>
    fromSource(tools.source(splits, { endAfter: END_AFTER })).pipe(
      withTimestamps(({ at }) => at, boundedOutOfOrderness(bound), { every }),
    ),
  );
  let events$: Observable<Event> = streams.length === 1 ? (streams[0] as DataStream<Event>) : union(...streams);
  for (const stage of stages) events$ = events$.pipe(stage.build(tools));
  return branches.flatMap(({ branch, sinks }) =>
    branch.build(events$, tools).map((outputs$, index) => outputs$.pipe(to(sinks[index]?.sink as Sink<string>))),
  );
}

function describe({ inputs, stages, branches }: Part): string {
  const sources = inputs.map(({ splits }) => `${splits.length} splits`).join(' + ');
  const ends = branches.map(({ branch, sinks }) => `${branch.name} (${sinks.map(({ kind }) => kind).join(', ')})`);
  return [sources, ...stages.map(({ name }) => name), ends.join(' | ')].join(' > ');
}
