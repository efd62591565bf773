import { NEVER, of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import { listState } from '../state/list-state.js';
import { type MapState, mapState } from '../state/map-state.js';
import { valueStateOf } from '../state/value-state.js';
import type { Key, StreamObserver } from '../stream/element.js';
import type { KeyRegister } from '../stream/operator.js';
import { keyBy } from './key-by.js';
import { many } from './many.js';
import { createProcessBroadcast, processBroadcast } from './process-broadcast.js';

interface Rule {
  readonly name: Key;
  readonly text: string | undefined;
}

interface Opened {
  readonly bench: OperatorBench;
  readonly control: StreamObserver<unknown>;
  readonly elements: StreamObserver<unknown>;
  rule(name: Key, text?: string): void;
  give(key: string, value: string, timestamp?: number): void;
}

/** Emits every element with the rules that there are; a timer for each element 10 ms later does the same. */
function open(bench = new OperatorBench()): Opened {
  const keys: readonly [KeyRegister, KeyRegister] = [{ key: undefined }, { key: undefined }];
  const [elements, control] = createProcessBroadcast({
    broadcast: { rules: mapState<Key, string>() },
    state: { seen: valueStateOf(() => 0) },
    onBroadcast({ name, text }: Rule, { broadcast }) {
      if (name === 'clear') broadcast.rules.clear();
      else if (text === undefined) broadcast.rules.delete(name);
      else broadcast.rules.set(name, text);
    },
    onElement(value: string, { broadcast, state, timers, timestamp }) {
      state.seen.set(state.seen.get() + 1);
      if (timestamp >= 0) timers.event(timestamp + 10);
      return `${value}${state.seen.get()}: ${[...broadcast.rules.values()].join(' ')}`;
    },
    onTimer: (at, { key, broadcast }) => `${key} at ${at}: ${broadcast.rules.size}`,
  })(bench.context, keys, bench.out);
  return {
    bench,
    control,
    elements,
    rule: (name, text) => control.next({ name, text }, Number.NaN),
    give(key, value, timestamp = Number.NaN) {
      keys[0].key = key;
      elements.next(value, timestamp);
    },
  };
}

const valuesOf = (bench: OperatorBench): unknown[] => bench.takeValues().map(([value]) => value);

describe('processBroadcast', () => {
  it('lets all keys read what the control stream has written, in the order in which it was first set', () => {
    const { bench, rule, give } = open();
    give('a', 'x');
    rule('two', '2');
    rule('one', '1');
    give('a', 'x');
    rule('two', '22');
    give('b', 'y');
    rule('two');
    rule('two', '2');
    give('b', 'y');
    rule('clear');
    give('b', 'y');
    expect(valuesOf(bench)).toEqual(['x1: ', 'x2: 2 1', 'y1: 22 1', 'y2: 1 2', 'y3: ']);
  });

  it('goes by the lower watermark of both inputs, that of an idle one left out', () => {
    const { bench, control, elements, give } = open();
    give('a', 'x', 0);
    elements.watermark(50);
    control.watermark(5);
    expect(bench.take().slice(1)).toEqual([{ type: 'watermark', timestamp: 5 }]);
    control.status(true);
    expect(bench.take()).toEqual([
      { type: 'next', value: 'a at 10: 0', timestamp: 10 },
      { type: 'watermark', timestamp: 50 },
    ]);
    elements.status(true);
    expect(bench.take()).toEqual([{ type: 'status', idle: true }]);
  });

  it('timers that were due before a control value see the state from before', () => {
    const { bench, control, elements, give, rule } = open(new OperatorBench({ slice: 1 }));
    for (const key of ['a', 'b', 'c']) give(key, key, 0);
    bench.take();
    control.watermark(50);
    elements.watermark(50);
    rule('one', '1');
    expect(valuesOf(bench)).toEqual(['a at 10: 0', 'b at 10: 0', 'c at 10: 0']);
    expect(bench.finish()).toBe(1);
  });

  it('takes no element and no control value between the barriers of one wave, and ends when both have', () => {
    const { bench, control, elements, give, rule } = open();
    const barrier = { checkpoint: 1, capture() {}, prepare() {} };
    control.barrier(barrier);
    expect(() => rule('one', '1')).toThrow('SLUICE_BARRIER');
    expect(() => give('a', 'x')).toThrow('SLUICE_BARRIER');
    elements.barrier(barrier);
    control.watermark(Number.POSITIVE_INFINITY);
    control.complete();
    expect(bench.take().map(({ type }) => type)).toEqual(['barrier']);
    elements.watermark(Number.POSITIVE_INFINITY);
    elements.complete();
    expect(bench.take().map(({ type }) => type)).toEqual(['watermark', 'complete']);
    control.error('no');
    expect(bench.take()).toEqual([{ type: 'error', error: 'no' }]);
  });

  it('restores the maps in their order, the state of keys, timers and watermarks', () => {
    const before = open();
    const names: Key[] = ['b', 7, ['a', 1], new Date(5), '__proto__', '\0', { x: 1 }, 2n, true, 'last'];
    for (const [at, name] of names.entries()) before.rule(name, String(at));
    before.rule(7);
    before.rule(7, '1 again');
    before.give('b', 'x', 20);
    before.elements.watermark(5);
    before.control.watermark(40);
    const encode = before.bench.capture(before.control, before.elements);
    before.rule('b', 'changed');
    before.rule(['a', 1]);
    before.rule('new', 'new');
    const after = open(new OperatorBench({ restored: encode() }));
    after.give('b', 'x', 20);
    after.rule('new', 'new');
    after.rule('last');
    after.give('c', 'y', 20);
    after.elements.watermark(35);
    expect(after.bench.take().map((output) => (output.type === 'next' ? output.value : output))).toEqual([
      'x2: 0 2 3 4 5 6 7 8 9 1 again',
      'y1: 0 2 3 4 5 6 7 8 1 again new',
      'b at 30: 10',
      'c at 30: 10',
      { type: 'watermark', timestamp: 35 },
    ]);
  });

  it('elements and timers cannot write, nor can anybody after the call', () => {
    const bench = new OperatorBench();
    const keys: readonly [KeyRegister, KeyRegister] = [{ key: 'a' }, { key: undefined }];
    let kept: MapState<string, number> | undefined;
    const [elements, control] = createProcessBroadcast({
      broadcast: { rules: mapState<string, number>() },
      onBroadcast(value: number, { broadcast }) {
        kept = broadcast.rules;
        broadcast.rules.set('a', value);
      },
      onElement(how: 'set' | 'delete' | 'clear' | 'kept', { broadcast }) {
        const map = broadcast.rules as Map<string, number>;
        if (how === 'set') map.set('b', 1);
        else if (how === 'kept') kept?.set('b', 1);
        else map[how]('a');
      },
    })(bench.context, keys, bench.out);
    control.next(1, 0);
    for (const how of ['set', 'delete', 'clear', 'kept'])
      expect(() => elements.next(how, 0)).toThrow('SLUICE_BROADCAST_READ_ONLY');
    expect(() => [...(kept ?? [])]).toThrow('SLUICE_BROADCAST_READ_ONLY');
  });

  it('gives elements everything that a ReadonlyMap has, the control handler a MapState', () => {
    const bench = new OperatorBench();
    const keys: readonly [KeyRegister, KeyRegister] = [{ key: 'a' }, { key: undefined }];
    const seen: unknown[] = [];
    const [elements, control] = createProcessBroadcast({
      broadcast: { plain: mapState<string, number>(), composite: mapState<readonly [string, number], number>() },
      onBroadcast(value: number, { broadcast: { plain, composite }, timestamp }) {
        seen.push(timestamp, plain.isEmpty, plain.has('a'), plain.get('a'));
        plain.set('a', value);
        composite.set(['x', value], value);
        seen.push(plain.isEmpty, plain.has('a'), plain.get('a'), [...plain], [...composite]);
      },
      onElement(_value: unknown, { broadcast: { plain, composite } }) {
        const each: unknown[] = [];
        composite.forEach((value, key, map) => void each.push([key, value, map === composite]));
        return many([
          [plain.size, plain.get('a'), plain.get('b'), plain.has('a'), plain.has('b')],
          [[...plain.keys()], [...plain.values()], [...plain.entries()], [...plain]],
          [composite.get(['x', 5]), [...composite.keys()], [...composite.values()], [...composite], each],
        ]);
      },
    })(bench.context, keys, bench.out);
    control.next(5, 9);
    elements.next(0, 0);
    expect(seen).toEqual([9, true, false, undefined, false, true, 5, [['a', 5]], [[['x', 5], 5]]]);
    expect(valuesOf(bench)).toEqual([
      [1, 5, undefined, true, false],
      [['a'], [5], [['a', 5]], [['a', 5]]],
      [5, [['x', 5]], [5], [[['x', 5], 5]], [[['x', 5], 5, true]]],
    ]);
  });

  it('state of keys and of the control stream may have the same names, and keys the same values', () => {
    const bench = new OperatorBench();
    const keys: readonly [KeyRegister, KeyRegister] = [{ key: 'a' }, { key: undefined }];
    const process = {
      broadcast: { same: mapState<string, string>() },
      state: { same: valueStateOf(() => '') },
      onBroadcast: (value: string, { broadcast }: { broadcast: { same: MapState<string, string> } }) =>
        value === '' ? broadcast.same.delete('a') : broadcast.same.set('a', value),
      onElement(
        value: string,
        {
          broadcast,
          state,
        }: {
          broadcast: { same: ReadonlyMap<string, string> };
          state: { same: { get(): string; set(v: string): void; clear(): void } };
        },
      ) {
        const text = `${state.same.get()} ${broadcast.same.get('a')}`;
        if (value === '') state.same.clear();
        else state.same.set(value);
        return text;
      },
    };
    const [elements, control] = createProcessBroadcast(process)(bench.context, keys, bench.out);
    control.next('rule', 0);
    elements.next('one', 0);
    elements.next('', 0);
    elements.next('two', 0);
    control.next('', 0);
    elements.next('three', 0);
    const next = new OperatorBench({ restored: bench.capture(control, elements)() });
    const [again] = createProcessBroadcast(process)(next.context, keys, next.out);
    again.next('four', 0);
    expect([...valuesOf(bench), ...valuesOf(next)]).toEqual([
      ' rule',
      'one rule',
      ' rule',
      'two undefined',
      'three undefined',
    ]);
  });
});

describe('options of processBroadcast that cannot be meant', () => {
  const fine = {
    broadcast: { rules: mapState<string, number>() },
    onElement: () => 1,
    onBroadcast: () => {},
  };
  const wrong = (changed: object) => () => processBroadcast(NEVER, { ...fine, ...changed } as never);
  it.each<readonly [string, () => unknown, string]>([
    ['no control', () => processBroadcast(undefined as never, fine), 'processBroadcast: expected `control`'],
    ['no handlers', () => processBroadcast(NEVER, undefined as never), 'processBroadcast: expected `process`'],
    ['no onElement', wrong({ onElement: undefined }), 'processBroadcast: expected `onElement`'],
    ['no onBroadcast', wrong({ onBroadcast: 1 }), 'processBroadcast: expected `onBroadcast`'],
    ['onTimer that is none', wrong({ onTimer: 1 }), 'processBroadcast: expected `onTimer`'],
    ['no broadcast state', wrong({ broadcast: undefined }), 'processBroadcast: expected `broadcast`'],
    [
      'another state',
      wrong({ broadcast: { rules: listState() } }),
      "broadcast state 'rules' of processBroadcast: expected mapState",
    ],
    [
      'a ttl',
      wrong({ broadcast: { rules: mapState({ ttl: 1 }) } }),
      "broadcast state 'rules' of processBroadcast: expected no `ttl`",
    ],
    ['no state', wrong({ broadcast: { rules: {} } }), 'SLUICE_STATE_DESCRIPTOR'],
  ])('%s', (_name, make, message) => expect(make).toThrow(message));
});

describe('processBroadcast in an RxJS app, without a job', () => {
  const checked = (rules: Subject<number> | ReturnType<typeof of<number[]>>) =>
    processBroadcast(rules, {
      broadcast: { least: mapState<string, number>() },
      onBroadcast(rule: number, { broadcast }) {
        broadcast.least.set('all', rule);
      },
      onElement: (value: number, { broadcast, key }) =>
        value < (broadcast.least.get('all') ?? 0) ? `${key}: ${value}` : undefined,
    });

  it('a control stream that is at hand comes first', () => {
    const seen: unknown[] = [];
    of(1, 2, 3, 4)
      .pipe(
        keyBy((n) => n % 2),
        checked(of(3)),
      )
      .subscribe({ next: (text) => seen.push(text), complete: () => seen.push('complete') });
    expect(seen).toEqual(['1: 1', '0: 2', 'complete']);
  });

  it('follows both while they go on, and leaves both alone when unsubscribed', () => {
    const rules = new Subject<number>();
    const numbers = new Subject<number>();
    const seen: unknown[] = [];
    const subscription = numbers
      .pipe(
        keyBy(() => 'k'),
        checked(rules),
      )
      .subscribe((text) => seen.push(text));
    numbers.next(1);
    rules.next(3);
    numbers.next(2);
    numbers.next(5);
    rules.next(9);
    numbers.next(5);
    subscription.unsubscribe();
    expect([seen, rules.observed, numbers.observed]).toEqual([['k: 2', 'k: 5'], false, false]);
  });
});
