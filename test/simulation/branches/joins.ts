import {
  asOfJoin,
  coGroup,
  type DataStream,
  intervalJoin,
  type JoinKind,
  type Key,
  type Keyed,
  keyBy,
  mapValues,
  sliding,
  type TimeWindow,
  tumbling,
  type WindowAssigner,
  windowJoin,
} from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import { filter, type Observable } from 'rxjs';
import type { Branch } from '../branch.js';
import { type Event, groupBy, type Splits } from '../event.js';

/** What is joined: an event, or a number that stands for it. */
type Joined = Event | number;

/** Which events are on a side, and as what they are kept. */
interface Side {
  has(event: Event): boolean;
  readonly asNumber: boolean;
}

interface Sides {
  readonly name: string;
  readonly left: Side;
  readonly right: Side;
  keyOf(event: Event): Key;
}

const KINDS: readonly JoinKind[] = ['inner', 'left', 'right', 'full'];

/** Sides that overlap, or one that is empty for many keys. */
function randomSides(random: SeededRandom): Sides {
  const side = (): Side => {
    const divisor = random.int(1, 4);
    const rest = random.int(0, divisor - 1);
    return { has: ({ id }) => id % divisor === rest, asNumber: random.chance(0.4) };
  };
  const [name, keyOf] = random.pick<readonly [string, (event: Event) => Key]>([
    ['number', ({ key }) => key],
    ['text', ({ key }) => `k${key}`],
    ['pair', ({ split, key }) => [split, key]],
    ['id', ({ id }) => Math.floor(id / 2)],
  ]);
  return { name: `by ${name}`, left: side(), right: side(), keyOf };
}

function sideOf(
  events$: Observable<Event>,
  { has, asNumber }: Side,
  keyOf: (event: Event) => Key,
  number: (event: Event) => number,
): DataStream<Keyed<Key, Joined>> {
  const keyed$ = events$.pipe(filter(has), keyBy(keyOf));
  const joined$: Observable<Keyed<Key, Joined>> = asNumber ? keyed$.pipe(mapValues(number)) : keyed$;
  return joined$ as DataStream<Keyed<Key, Joined>>;
}

const idOf = (event: Event): number => event.id;
const shown = (one: Joined | undefined): string => `${typeof one === 'object' ? one.id : (one ?? 'none')}`;

/** Both sides of each key. */
function bothOf(splits: Splits, { left, right, keyOf }: Sides): { lefts: Event[]; rights: Event[] }[] {
  const byKey = groupBy(splits.flat(), (event) => JSON.stringify(keyOf(event)));
  return [...byKey.values()].map((events) => ({ lefts: events.filter(left.has), rights: events.filter(right.has) }));
}

const keepsLeft = (kind: JoinKind): boolean => kind === 'left' || kind === 'full';
const keepsRight = (kind: JoinKind): boolean => kind === 'right' || kind === 'full';

/** Elements near to each other in event time. */
export function intervalJoins(random: SeededRandom): Branch {
  const low = random.int(-150, 60);
  const high = low + random.int(0, 150);
  const kind = random.pick(KINDS);
  const sides = randomSides(random);
  return {
    name: `${kind} interval join from ${low} to ${high} ${sides.name}`,
    build: (events$) => [
      sideOf(events$, sides.left, sides.keyOf, idOf).pipe(
        intervalJoin(
          sideOf(events$, sides.right, sides.keyOf, idOf),
          { within: [low, high], kind },
          (left: Joined | undefined, right: Joined | undefined) => `${shown(left)}&${shown(right)}`,
        ),
      ),
    ],
    expected: (splits) => [
      bothOf(splits, sides).flatMap(({ lefts, rights }) => {
        const near = (left: Event, right: Event): boolean => right.at >= left.at + low && right.at <= left.at + high;
        const met = lefts.flatMap((left) =>
          rights.filter((right) => near(left, right)).map((right) => `${left.id}&${right.id}`),
        );
        const lonelyLefts = lefts.filter((left) => !rights.some((right) => near(left, right)));
        const lonelyRights = rights.filter((right) => !lefts.some((left) => near(left, right)));
        return [
          ...met,
          ...(keepsLeft(kind) ? lonelyLefts.map(({ id }) => `${id}&none`) : []),
          ...(keepsRight(kind) ? lonelyRights.map(({ id }) => `none&${id}`) : []),
        ];
      }),
    ],
  };
}

interface Windows {
  readonly name: string;
  readonly assigner: WindowAssigner<unknown, TimeWindow>;
  startsOf(event: Event): number[];
}

function randomWindows(random: SeededRandom): Windows {
  const slide = random.int(30, 200);
  const size = random.chance(0.5) ? slide : slide * random.int(2, 4) - random.int(0, 20);
  return {
    name: `in windows of ${size} every ${slide}`,
    assigner: size === slide ? tumbling(size) : sliding(size, slide),
    startsOf: ({ at }) => {
      const starts: number[] = [];
      for (let start = Math.floor(at / slide) * slide; start > at - size; start -= slide) starts.push(start);
      return starts;
    },
  };
}

/** The sides of each key in each window. */
function inWindows(
  splits: Splits,
  sides: Sides,
  { startsOf }: Windows,
): { start: number; lefts: Event[]; rights: Event[] }[] {
  return bothOf(splits, sides).flatMap(({ lefts, rights }) => {
    const starts = new Set([...lefts, ...rights].flatMap(startsOf));
    const within = (events: readonly Event[], start: number): Event[] =>
      events.filter((event) => startsOf(event).includes(start));
    return [...starts].map((start) => ({ start, lefts: within(lefts, start), rights: within(rights, start) }));
  });
}

/** Each element of a window with each of the other side. */
export function windowJoins(random: SeededRandom): Branch {
  const windows = randomWindows(random);
  const kind = random.pick(KINDS);
  const sides = randomSides(random);
  return {
    name: `${kind} join ${windows.name} ${sides.name}`,
    build: (events$) => [
      sideOf(events$, sides.left, sides.keyOf, idOf).pipe(
        windowJoin(
          sideOf(events$, sides.right, sides.keyOf, idOf),
          { window: windows.assigner, kind },
          (left: Joined | undefined, right: Joined | undefined, { window }) =>
            `${shown(left)}&${shown(right)}@${window.start}`,
        ),
      ),
    ],
    expected: (splits) => [
      inWindows(splits, sides, windows).flatMap(({ start, lefts, rights }) => {
        const ones = lefts.length === 0 && keepsRight(kind) ? [undefined] : lefts;
        const others = rights.length === 0 && keepsLeft(kind) ? [undefined] : rights;
        return ones.flatMap((one) => others.map((other) => `${shown(one)}&${shown(other)}@${start}`));
      }),
    ],
  };
}

/** Both sides of a window at once. */
export function coGroups(random: SeededRandom): Branch {
  const windows = randomWindows(random);
  const sides = randomSides(random);
  const list = (ones: readonly Joined[]): string => ones.map(shown).sort().join();
  return {
    name: `groups ${windows.name} ${sides.name}`,
    build: (events$) => [
      sideOf(events$, sides.left, sides.keyOf, idOf).pipe(
        coGroup(
          sideOf(events$, sides.right, sides.keyOf, idOf),
          { window: windows.assigner },
          (lefts: readonly Joined[], rights: readonly Joined[], { window }) => [
            `${list(lefts)}&${list(rights)}@${window.start}`,
          ],
        ),
      ),
    ],
    expected: (splits) => [
      inWindows(splits, sides, windows).map(({ start, lefts, rights }) => `${list(lefts)}&${list(rights)}@${start}`),
    ],
  };
}

/** Each element with the time of the latest before it: of several at one time any may have come last. */
export function asOfJoins(random: SeededRandom): Branch {
  const tolerance = random.pick([undefined, random.int(0, 100)]);
  const after = random.pick([100_000, random.int(1, 200)]);
  const sides = randomSides(random);
  const show = (left: string, at: number | undefined): string => `${left} as of ${at ?? 'none'}`;
  return {
    name: `join as of, of ${tolerance ?? 'any'} age, ${after} kept ${sides.name}`,
    build: (events$) => [
      sideOf(events$, sides.left, sides.keyOf, idOf).pipe(
        asOfJoin(
          sideOf(events$, sides.right, sides.keyOf, ({ at }) => at),
          { ttl: { after, time: 'event' }, ...(tolerance === undefined ? {} : { tolerance }) },
          (left: Joined, right: Joined | undefined) => show(shown(left), typeof right === 'object' ? right.at : right),
        ),
      ),
    ],
    expected: (splits) => [
      bothOf(splits, sides).flatMap(({ lefts, rights }) =>
        lefts.map(({ id, at }) => {
          const latest = Math.max(...rights.filter((right) => right.at <= at).map((right) => right.at));
          const age = at - latest;
          return show(`${id}`, age <= (tolerance ?? age) && age < after ? latest : undefined);
        }),
      ),
    ],
  };
}
