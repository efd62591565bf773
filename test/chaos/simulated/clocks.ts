import { boundedOutOfOrderness, createJob, fromSource, type Sink, to, withTimestamps } from '@sluice/core';
import { collectTransactionalSink, SeededRandom, simulate } from '@sluice/testing';
import { eventTimers } from '../../simulation/branches/event-timers.js';
import { sessions } from '../../simulation/branches/sessions.js';
import { aggregatedWindows, fullWindows } from '../../simulation/branches/windows.js';
import { boundOf, randomSplits } from '../../simulation/event.js';
import { differences, type SimulatedRun } from './simulated-row.js';

const HOUR = 3_600_000;
const START = 10 * HOUR;

/** What the clock of the machine says when it is so late. */
const CLOCKS: Readonly<Record<string, (at: number) => (time: number) => number>> = {
  'an hour ahead': (at) => (time) => START + time + (time >= at ? HOUR : 0),
  'an hour behind': (at) => (time) => START + time - (time >= at ? HOUR : 0),
  frozen: (at) => (time) => START + (time >= at && time < at + 2000 ? at : time),
  backwards: (at) => (time) => START + (time >= at ? at - (time - at) : time),
};

/** Row 21: results of event time do not depend on what the clock says. */
export const clocks: SimulatedRun = async (mode, seed) => {
  const random = new SeededRandom(seed);
  const shape = { splits: random.int(1, 3), longest: 30, keys: 3, disorder: random.int(0, 80) };
  const splits = randomSplits(random, shape, { id: 1, split: 0 });
  const branch = random.pick([aggregatedWindows, fullWindows, sessions, eventTimers])(random);
  const every = random.pick([0, 5, 50, 200]);
  const expected = branch.expected(splits);
  const sinks = expected.map(() => collectTransactionalSink<string>());
  const violations: string[] = [];
  const { lives } = await simulate({
    seed,
    jobClock: CLOCKS[mode]?.(random.int(0, 300)) ?? ((time) => time),
    build({ source, storage, clock, random: choices }) {
      const events$ = fromSource(source(splits)).pipe(
        withTimestamps(({ at }) => at, boundedOutOfOrderness(boundOf(shape)), { every }),
      );
      const flows = branch
        .build(events$, { clock, random: choices })
        .map((outputs$, at) => outputs$.pipe(to(sinks[at] as Sink<string>)));
      return createJob('clocks', flows, { checkpoints: { interval: random.int(20, 100), storage } });
    },
    check(phase) {
      if (phase !== 'finished') return;
      for (const [at, sink] of sinks.entries()) violations.push(...differences(expected[at] ?? [], sink.values));
    },
  });
  return { faults: lives, violations };
};
