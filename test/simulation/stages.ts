import { asyncMap, keyBy, mapValues, rebalance, union, values } from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import { filter, map, mergeMap, type OperatorFunction } from 'rxjs';
import type { BranchTools } from './branch.js';
import type { Event } from './event.js';

/** An operator on the way to the branches. */
export interface Stage {
  readonly name: string;
  /** Keeps the order of the elements. */
  readonly ordered: boolean;
  build(tools: BranchTools): OperatorFunction<Event, Event>;
  expected(events: readonly Event[]): readonly Event[];
}

/** Ids are below this; those of copies are behind it. */
const COPY = 1_000_000;

export function randomStage(random: SeededRandom): Stage {
  return random.pick([filtered, doubled, parted, copied, keyedForAWhile, shuffled, asynchronous, asynchronous])(random);
}

function filtered(random: SeededRandom): Stage {
  const divisor = random.int(2, 5);
  const keep = ({ id }: Event): boolean => id % divisor !== 0;
  return {
    name: `filter ${divisor}`,
    ordered: true,
    build: () => filter(keep),
    expected: (events) => events.filter(keep),
  };
}

function doubled(): Stage {
  const double = (event: Event): Event => ({ ...event, value: event.value * 2 });
  return { name: 'map', ordered: true, build: () => map(double), expected: (events) => events.map(double) };
}

function copied(): Stage {
  const copy = (event: Event): Event[] => [event, { ...event, id: event.id + COPY }];
  return {
    name: 'mergeMap',
    ordered: true,
    build: () => mergeMap(copy),
    // A copy of a copy would have the id of another one.
    expected: (events) => events.flatMap(copy),
  };
}

/** Two ways to the same union: a diamond. */
function parted(): Stage {
  return {
    name: 'parted and united',
    ordered: true,
    build: () => (source) =>
      union(source.pipe(filter(({ id }) => id % 2 === 0)), source.pipe(filter(({ id }) => id % 2 !== 0))),
    expected: (events) => events,
  };
}

function keyedForAWhile(): Stage {
  const raise = (event: Event): Event => ({ ...event, value: event.value + 1 });
  return {
    name: 'keyBy, mapValues, values',
    ordered: true,
    build: () => (source) =>
      source.pipe(
        keyBy(({ key }) => key),
        mapValues(raise),
        values(),
      ),
    expected: (events) => events.map(raise),
  };
}

function shuffled(): Stage {
  return { name: 'rebalance', ordered: true, build: () => rebalance(), expected: (events) => events };
}

function asynchronous(random: SeededRandom): Stage {
  const concurrency = random.int(1, 5);
  const ordered = random.chance(0.5);
  const longest = random.int(0, 12);
  const answer = (event: Event): Event => ({ ...event, value: event.value + 3 });
  return {
    name: `asyncMap ${concurrency} ${ordered ? 'in order' : 'as they come'}`,
    ordered,
    build: ({ clock, random: choices }) =>
      asyncMap(
        async (event, { attempt }) => {
          await clock.sleep(choices.int(0, longest));
          if (attempt < 3 && choices.chance(0.1)) throw new Error('simulated');
          return answer(event);
        },
        { concurrency, order: ordered ? 'input' : 'completion', retry: { attempts: 3, delay: 5 } },
      ),
    expected: (events) => events.map(answer),
  };
}
