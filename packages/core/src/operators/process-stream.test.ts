import { type Codec, defineCodec } from '@sluice/connector-sdk';
import { EMPTY, map, NEVER, of, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import type { StateDescriptor } from '../state/descriptor.js';
import type { ListState } from '../state/list-state.js';
import { operatorListState } from '../state/operator-list.js';
import { valueState } from '../state/value-state.js';
import type { StreamObserver } from '../stream/element.js';
import { sideOutput } from '../stream/side-output.js';
import { targetOf } from '../stream/side-target.js';
import { keyBy } from './key-by.js';
import { many } from './many.js';
import { createProcessStream, processStream } from './process-stream.js';

type Command =
  | { readonly add: unknown }
  | { readonly set: readonly unknown[] }
  | { readonly get: true }
  | { readonly clear: true };

/** A list that does as it is told. */
function open(
  bench = new OperatorBench(),
  list: StateDescriptor<ListState<unknown>> = operatorListState<unknown>(),
): StreamObserver<unknown> & { readonly bench: OperatorBench; tell(command: Command): unknown } {
  const input = createProcessStream({
    state: { list },
    onElement(command: Command, { state }) {
      if ('add' in command) return void state.list.add(command.add);
      if ('set' in command) return void state.list.set(command.set);
      if ('clear' in command) return void state.list.clear();
      return { list: state.list.get() };
    },
  })(bench.context, bench.out);
  return {
    ...input,
    bench,
    tell(command) {
      input.next(command as never, Number.NaN);
      return (bench.takeValues()[0]?.[0] as { readonly list: unknown } | undefined)?.list;
    },
  };
}

describe('processStream', () => {
  it('emits what the handler returns, with the timestamp of the element; knows time; sends aside', () => {
    const bench = new OperatorBench({ now: 7 });
    const aside = sideOutput<number>('aside');
    const { next, watermark } = createProcessStream({
      onElement(value: number, { timestamp, watermark, clock, emitTo }) {
        if (value === 0) return;
        if (value < 0) return many([[value], [value]]);
        emitTo(aside, value);
        emitTo(aside, value, 99);
        return [value, timestamp, watermark, clock.now()];
      },
    })(bench.context, bench.out);
    watermark(5);
    next(3, 10);
    next(0, 11);
    next(-1, Number.NaN);
    expect(bench.take()).toEqual([
      { type: 'watermark', timestamp: 5 },
      { type: 'side', target: targetOf(aside), value: 3, timestamp: 10 },
      { type: 'side', target: targetOf(aside), value: 3, timestamp: 99 },
      { type: 'next', value: [3, 10, 5, 7], timestamp: 10 },
      { type: 'next', value: [-1], timestamp: Number.NaN },
      { type: 'next', value: [-1], timestamp: Number.NaN },
    ]);
  });

  it('keeps a list for all elements; what has been read stays as it was', () => {
    const { tell } = open();
    tell({ add: 1 });
    tell({ add: undefined });
    const before = tell({ get: true });
    tell({ add: 3 });
    const then = tell({ get: true });
    tell({ set: ['a'] });
    const shorter = tell({ get: true });
    tell({ set: ['b', 'c', 'd'] });
    const longer = tell({ get: true });
    tell({ clear: true });
    tell({ add: 'new' });
    expect([before, then, shorter, longer, tell({ get: true })]).toEqual([
      [1, undefined],
      [1, undefined, 3],
      ['a'],
      ['b', 'c', 'd'],
      ['new'],
    ]);
  });

  it('restores lists in their order, as they were at the barrier', () => {
    const before = open();
    for (let n = 0; n < 300; n++) before.tell({ add: { n } });
    const encode = before.bench.capture(before);
    const items = before.tell({ get: true }) as { n: number }[];
    (items[7] as { n: number }).n = -7;
    before.tell({ set: items.slice(0, 5) });
    before.tell({ add: 'later' });
    const after = open(new OperatorBench({ restored: encode() }));
    expect(after.tell({ get: true })).toEqual(Array.from({ length: 300 }, (_, n) => ({ n })));
    after.tell({ add: 'more' });
    const last = open(new OperatorBench({ restored: after.bench.snapshot(after) }));
    expect((last.tell({ get: true }) as unknown[]).slice(298)).toEqual([{ n: 298 }, { n: 299 }, 'more']);
  });

  it('checkpoints carry how a list is redistributed, and its items one by one', () => {
    const texts = (['split', 'union'] as const).map((redistribute) => {
      const { bench, tell, ...input } = open(new OperatorBench(), operatorListState({ redistribute }));
      tell({ add: 'one' });
      tell({ add: 'two' });
      return Buffer.from(bench.snapshot(input)).toString('latin1');
    });
    expect(texts.map((text) => /operator list, (\w+)/.exec(text)?.[1])).toEqual(['split', 'union']);
    // Each item stands under its place, in the key group of that.
    for (const text of texts) expect([text.split('one').length, text.split('two').length]).toEqual([2, 2]);
  });

  it('reads items of an older version of their codec, and refuses those of a newer one', () => {
    const codec = (version: number): Codec<string> =>
      defineCodec<string>({
        version,
        encode: (text) => new TextEncoder().encode(`${version}${text}`),
        decode: (written, bytes) => `${written}:${new TextDecoder().decode(bytes)}`,
      });
    const written = open(new OperatorBench(), operatorListState({ codec: codec(2) }) as never);
    written.tell({ add: 'x' });
    const restored = written.bench.snapshot(written);
    const newer = open(new OperatorBench({ restored }), operatorListState({ codec: codec(3) }) as never);
    expect(newer.tell({ get: true })).toEqual(['2:2x']);
    const older = () => open(new OperatorBench({ restored }), operatorListState({ codec: codec(1) }) as never);
    expect(older).toThrow('SLUICE_STATE_VERSION');
  });

  it('refuses state after the call', () => {
    const bench = new OperatorBench();
    let kept: ListState<number> | undefined;
    const { next } = createProcessStream({
      state: { list: operatorListState<number>() },
      onElement(_value: number, { state }) {
        kept = state.list;
      },
    })(bench.context, bench.out);
    next(1, 1);
    expect(() => kept?.get()).toThrow('SLUICE_STATE_OUTSIDE_TURN');
    expect(() => kept?.add(1)).toThrow('SLUICE_STATE_OUTSIDE_TURN');
  });

  it('passes everything else on', () => {
    const { bench, ...input } = open();
    input.watermark(5);
    input.status(true);
    input.status(false);
    bench.snapshot(input);
    input.watermark(Number.POSITIVE_INFINITY);
    input.complete();
    input.error('no');
    expect(bench.take().map(({ type }) => type)).toEqual([
      'watermark',
      'status',
      'status',
      'barrier',
      'watermark',
      'complete',
      'error',
    ]);
  });
});

describe('options of processStream that cannot be meant', () => {
  const onElement = () => 1;
  it.each<readonly [string, () => unknown, string]>([
    ['no handlers', () => processStream(undefined as never), 'processStream: expected `process`'],
    ['no onElement', () => processStream({} as never), 'processStream: expected `onElement`'],
    [
      'state of keys',
      () => processStream({ state: { a: valueState() }, onElement }),
      "state 'a' of processStream: expected operatorListState",
    ],
    ['no state', () => processStream({ state: { a: 1 as never }, onElement }), 'SLUICE_STATE_DESCRIPTOR'],
    ['some other redistribution', () => operatorListState({ redistribute: 'all' as never }), '`redistribute`'],
    ['a ttl', () => operatorListState({ ttl: '1h' } as never), 'no `ttl`'],
  ])('%s', (_name, make, message) => expect(make).toThrow(message));
});

describe('processStream in an RxJS app, without a job', () => {
  const pairs = processStream({
    state: { waiting: operatorListState<number>() },
    onElement(n: number, { state }) {
      state.waiting.add(n);
      const waiting = state.waiting.get();
      if (waiting.length < 2) return;
      state.waiting.clear();
      return { pair: waiting.join('-') };
    },
  });
  it.each([
    ['never', NEVER, []],
    ['empty', EMPTY, ['complete']],
    ['one', of(1), ['complete']],
    ['many', of(1, 2, 3, 4, 5), ['1-2', '3-4', 'complete']],
    ['error', throwError(() => 'bad'), ['bad']],
  ])('%s', (_name, source, expected) => {
    const seen: unknown[] = [];
    const subscription = source.pipe(pairs).subscribe({
      next: ({ pair }) => seen.push(pair),
      error: (error) => seen.push(error),
      complete: () => seen.push('complete'),
    });
    expect(seen).toEqual(expected);
    subscription.unsubscribe();
  });

  it('of a keyed stream, takes its elements', () => {
    const seen: unknown[] = [];
    of(1, 2)
      .pipe(
        keyBy((n) => n % 2),
        processStream({ onElement: ({ key, value }) => `${key} ${value}` }),
        map((text) => text.length),
      )
      .subscribe((length) => seen.push(length));
    expect(seen).toEqual([3, 3]);
  });
});
