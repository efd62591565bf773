import {
  arraySource,
  boundedOutOfOrderness,
  callbackSink,
  configure,
  createJob,
  type DataStream,
  fromSource,
  type Keyed,
  keyBy,
  mapState,
  monotonousTimestamps,
  operatorListState,
  processBroadcast,
  processStream,
  scanByKey,
  to,
  valueStateOf,
  values,
  withBroadcast,
  withTimestamps,
} from '@sluice/core';
import { assertRestorable, collectSink, drive } from '@sluice/testing';
import { filter, map, of } from 'rxjs';
import { describe, expect, it } from 'vitest';

interface Event {
  readonly at: number;
  /** An element has a key, a control value has none. */
  readonly key?: string;
  readonly text: string;
}

const events: readonly Event[] = [
  { at: 1, key: 'a', text: 'early' },
  { at: 2, text: 'red' },
  { at: 3, key: 'b', text: 'one' },
  { at: 4, key: 'a', text: 'two' },
  { at: 5, text: 'blue' },
  { at: 6, key: 'a', text: 'three' },
  { at: 7, text: 'red' },
  { at: 8, key: 'b', text: 'four' },
];

const timed = (events$: DataStream<Event>) =>
  events$.pipe(withTimestamps((event) => event.at, boundedOutOfOrderness(1), { every: 0 }));

describe('operators with a control stream', () => {
  it('processBroadcast can be restored anywhere', async () => {
    await assertRestorable<Event, string>((events$) => {
      const all$ = timed(events$);
      const rules$ = all$.pipe(
        filter(({ key }) => key === undefined),
        map(({ text }) => text),
      );
      return all$.pipe(
        filter(({ key }) => key !== undefined),
        keyBy(({ key }) => key as string),
        processBroadcast(rules$, {
          broadcast: { rules: mapState<string, number>() },
          state: { seen: valueStateOf(() => 0) },
          onBroadcast(rule, { broadcast }) {
            broadcast.rules.set(rule, (broadcast.rules.get(rule) ?? 0) + 1);
          },
          onElement({ text }, { key, state, broadcast, timers, timestamp }) {
            state.seen.set(state.seen.get() + 1);
            timers.event(timestamp + 3);
            return `${key} ${text} ${state.seen.get()}: ${[...broadcast.rules].join(' ')}`;
          },
          onTimer: (at, { key, broadcast }) => `${key} at ${at}: ${[...broadcast.rules.keys()].join(' ')}`,
        }),
        map((text) => text.toUpperCase()),
      );
    }, events);
  });

  it('withBroadcast can be restored anywhere, also while elements wait, and keeps a keyed stream keyed', async () => {
    for (const initial of [undefined, 'none']) {
      await assertRestorable<Event, string>(
        (events$) => {
          const all$ = timed(events$);
          const colours$ = all$.pipe(filter(({ key }) => key === undefined));
          const none: Event = { at: 0, text: 'none' };
          return all$.pipe(
            filter(({ key }) => key !== undefined),
            keyBy(({ key }) => key as string),
            withBroadcast(
              colours$,
              (keyed: Keyed<string, Event>, { text }) => ({ ...keyed, value: `${text} ${keyed.value.text}` }),
              initial === undefined ? {} : { initial: none },
            ),
            scanByKey(
              (all: string, text) => `${all}, ${text}`,
              () => '',
            ),
            map(({ key, value }) => `${key}${value}`),
          );
        },
        events,
        { ordered: true },
      );
    }
  });

  it('processStream can be restored anywhere', async () => {
    await assertRestorable<Event, string>(
      (events$) =>
        events$.pipe(
          map(({ text }) => text),
          processStream({
            state: { waiting: operatorListState<string>() },
            onElement(text, { state }) {
              state.waiting.add(text);
              const waiting = state.waiting.get();
              if (waiting.length < 3) return;
              state.waiting.clear();
              return waiting.join(' ');
            },
          }),
        ),
      events,
      { ordered: true },
    );
  });
});

describe('a control stream that ends', () => {
  const rules = ['red', 'blue'];
  const words = Array.from({ length: 200 }, (_, n) => `word ${n}`);
  const rulesSeen = (
    flowOf: (control: DataStream<string>, words$: DataStream<string>) => DataStream<string>,
    seed: number,
  ) => {
    const sink = collectSink<string>();
    const flow = flowOf(fromSource(arraySource(rules)), fromSource(arraySource(words))).pipe(to(sink));
    return { sink, driver: drive(createJob('control', flow), { seed }) };
  };
  const checked = (control: DataStream<string>, words$: DataStream<string>) =>
    words$.pipe(
      keyBy((word) => word.length),
      processBroadcast(control, {
        broadcast: { rules: mapState<string, true>() },
        onBroadcast: (rule, { broadcast }) => broadcast.rules.set(rule, true),
        onElement: (_word, { broadcast }) => `${broadcast.rules.size}`,
      }),
    ) as DataStream<string>;

  it.each([1, 2, 3])('is read to its end before any element, whatever the order of things (seed %i)', async (seed) => {
    const { sink, driver } = rulesSeen(checked, seed);
    await driver.finish();
    expect(new Set(sink.values)).toEqual(new Set(['2']));
    expect(sink.values).toHaveLength(words.length);
  });

  it('is, when its timestamps are later and an alignment group would hold it back', async () => {
    const sink = collectSink<string>();
    const options = { every: 0, alignment: { group: 'all', maxDrift: 10 } } as const;
    const late$ = fromSource(arraySource(rules)).pipe(
      withTimestamps((_rule) => 1_000_000, monotonousTimestamps(), options),
    ) as DataStream<string>;
    const early$ = fromSource(arraySource(words)).pipe(
      withTimestamps((word) => word.length, boundedOutOfOrderness(100), options),
    ) as DataStream<string>;
    const job = createJob('aligned', checked(late$, early$).pipe(to(sink)));
    await job.run({ signal: AbortSignal.timeout(20_000) });
    expect(new Set(sink.values)).toEqual(new Set(['2']));
  });

  it('is in a stream that is run in place', async () => {
    const stream$ = checked(fromSource(arraySource(rules)), fromSource(arraySource(words)));
    const seen = new Set<string>();
    await stream$.forEach((size) => void seen.add(size));
    expect(seen).toEqual(new Set(['2']));
  });

  it('may be the stream of the elements itself', async () => {
    const words$ = fromSource(arraySource(words));
    const seen: string[] = [];
    await checked(words$, words$).forEach((size) => void seen.push(size));
    expect(seen).toHaveLength(words.length);
  });

  it('one for two operators, keyed, with settings of its own', async () => {
    const rows: string[] = [];
    const rules$ = fromSource(arraySource(rules)).pipe(keyBy((rule) => rule.length));
    const flow = fromSource(arraySource(['x'])).pipe(
      withBroadcast(rules$, (word, rule) => `${word} ${rule.key} ${rule.value}`),
      configure({ uid: 'first' }),
      withBroadcast(rules$.pipe(values()), (word, rule) => `${word} ${rule}`, { uid: 'second' }),
      to(callbackSink((row) => void rows.push(row))),
    );
    await createJob('two', flow).run();
    expect(rows).toEqual(['x 4 blue blue']);
  });

  it('takes turns with the others when a part of it does not', async () => {
    const seen: string[] = [];
    const subscription = checked(of('red') as unknown as DataStream<string>, fromSource(arraySource(['x']))).subscribe(
      (size) => seen.push(size),
    );
    await expect.poll(() => seen.length).toBe(1);
    subscription.unsubscribe();
  });
});
