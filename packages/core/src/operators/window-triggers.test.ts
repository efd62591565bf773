import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import { countOf } from '../aggregates/count-of.js';
import { aggregatingState } from '../state/aggregating-state.js';
import { listState } from '../state/list-state.js';
import { mapState } from '../state/map-state.js';
import { reducingState } from '../state/reducing-state.js';
import { valueState, valueStateOf } from '../state/value-state.js';
import {
  everyEventTime,
  everyProcessingTime,
  globalWindow,
  neverFire,
  onCount,
  onEventTime,
  onProcessingTime,
  purging,
  session,
  slidingCount,
  type TimeWindow,
  type Trigger,
  tumbling,
  tumblingCount,
  type WindowAssigner,
} from '../windows/index.js';
import { createWindowOperator, type WindowBehaviour } from './window.js';

/** An operator with full windows, driven by hand. */
class Windows<W> {
  bench: OperatorBench;
  operator;

  constructor(
    private readonly assigner: WindowAssigner<number, W>,
    private readonly options: WindowBehaviour<number, W> = {},
    private readonly keyed = true,
    now = 0,
  ) {
    this.bench = new OperatorBench({ now });
    this.operator = this.open();
  }

  give(value: number, timestamp = Number.NaN, key = 'a'): this {
    this.bench.inputKey.key = key;
    this.operator.next(value, timestamp);
    return this;
  }

  restore(): this {
    const restored = this.bench.snapshot(this.operator);
    this.bench = new OperatorBench({ restored, now: this.bench.now });
    this.operator = this.open();
    return this;
  }

  /** `window: values @ timestamp` of what was emitted since. */
  fired(): string[] {
    return this.bench.takeValues().map(([result, timestamp]) => {
      const { window, values } = result as { window: unknown; values: readonly number[] };
      return `${JSON.stringify(window)}: ${values.join(' ')} @ ${timestamp}`;
    });
  }

  private open() {
    const create = createWindowOperator<number, W>('windowBy', this.assigner, this.options, this.keyed);
    return create(this.bench.context, [{ aggregate: undefined, out: this.bench.out }]);
  }
}

describe('windows of processing time', () => {
  it('fire by the clock alone, when it reaches their end', () => {
    const windows = new Windows(tumbling(10, { time: 'processing' }), {}, true, 1_003);
    windows.give(1).give(2, 55);
    windows.bench.advanceClock(1_009);
    expect(windows.fired()).toEqual([]);
    windows.bench.advanceClock(1_010);
    expect(windows.fired()).toEqual(['{"start":1000,"end":1010}: 1 2 @ 1009']);
  });

  it('fire before an element that comes when they are over', () => {
    const windows = new Windows(tumbling(10, { time: 'processing' }));
    windows.give(1);
    windows.bench.now = 12;
    windows.give(2);
    expect(windows.fired()).toEqual(['{"start":0,"end":10}: 1 @ 9']);
    windows.bench.advanceClock(20);
    expect(windows.fired()).toEqual(['{"start":10,"end":20}: 2 @ 19']);
  });

  it('fire after a restore if they were over meanwhile', () => {
    const windows = new Windows(tumbling(10, { time: 'processing' }));
    windows.give(1).restore();
    windows.bench.advanceClock(500);
    expect(windows.fired()).toEqual(['{"start":0,"end":10}: 1 @ 9']);
  });

  it('are sessions of the clock too', () => {
    const windows = new Windows(session(10, { time: 'processing' }));
    windows.give(1);
    windows.bench.advanceClock(7);
    windows.give(2);
    windows.bench.advanceClock(16);
    expect(windows.fired()).toEqual([]);
    windows.bench.advanceClock(17);
    expect(windows.fired()).toEqual(['{"start":0,"end":17}: 1 2 @ 16']);
  });

  it('do not care for watermarks', () => {
    const windows = new Windows(tumbling(10, { time: 'processing' }));
    windows.give(1, 3);
    windows.operator.watermark(1_000);
    windows.give(2, 3);
    expect(windows.fired()).toEqual([]);
  });
});

describe('triggers', () => {
  it('everyProcessingTime gives early results by the clock', () => {
    const windows = new Windows(tumbling(100), { trigger: everyProcessingTime(10) }, true, 5);
    windows.give(1, 1);
    windows.bench.advanceClock(10);
    windows.give(2, 2).restore();
    windows.bench.advanceClock(19);
    windows.bench.advanceClock(20);
    expect(windows.fired()).toEqual(['{"start":0,"end":100}: 1 2 @ 99']);
  });

  it('everyProcessingTime fires windows of processing time at their end, once', () => {
    const windows = new Windows(tumbling(25, { time: 'processing' }), { trigger: everyProcessingTime(10) });
    windows.give(1);
    for (let now = 1; now <= 60; now++) windows.bench.advanceClock(now);
    expect(windows.fired()).toHaveLength(3);
  });

  it('onProcessingTime fires windows of event time by the clock', () => {
    const windows = new Windows(tumbling(10), { trigger: onProcessingTime() });
    windows.give(1, 3);
    windows.bench.advanceClock(10);
    expect(windows.fired()).toEqual(['{"start":0,"end":10}: 1 @ 9']);
  });

  it('everyEventTime ends with the input on a global window', () => {
    const windows = new Windows(globalWindow(), { trigger: everyEventTime(10) });
    windows.give(1, 3);
    windows.operator.watermark(25);
    expect(windows.fired()).toEqual(['{}: 1 @ 10', '{}: 1 @ 20']);
    windows.operator.watermark(Number.POSITIVE_INFINITY);
    expect(windows.fired()).toEqual(['{}: 1 @ 30', '{}: 1 @ 3']);
  });

  it('neverFire never fires', () => {
    const windows = new Windows(tumbling(10), { trigger: neverFire() });
    windows.give(1, 3);
    windows.operator.watermark(Number.POSITIVE_INFINITY);
    expect(windows.fired()).toEqual([]);
  });

  it('purging leaves the window alive', () => {
    const windows = new Windows(tumbling(10), { trigger: purging(onEventTime()), allowedLateness: 10 });
    windows.give(1, 3);
    windows.operator.watermark(9);
    windows.give(2, 3).give(3, 3);
    expect(windows.fired()).toEqual([
      '{"start":0,"end":10}: 1 @ 9',
      '{"start":0,"end":10}: 2 @ 9',
      '{"start":0,"end":10}: 3 @ 9',
    ]);
  });

  it('of your own have state that merges, timers, and a say when windows merge and end', () => {
    const shape = {
      sum: reducingState<number>((a, b) => a + b),
      list: listState<number>(),
      map: mapState<readonly [string, number], number>(),
      first: valueState<number>(),
      seen: valueStateOf(() => 0),
      n: aggregatingState(countOf<number>()),
    };
    const log: string[] = [];
    const trigger: Trigger<number, TimeWindow> = {
      onElement(value, _timestamp, { state, window, registerEventTimer }) {
        const { sum, list, map, first, seen, n } = state(shape);
        sum.add(value);
        list.add(value);
        map.set(['v', value], value);
        if (first.get() === undefined) first.set(value);
        seen.set(seen.get() + 1);
        n.add(value);
        registerEventTimer(window.end - 1);
        return 'continue';
      },
      onEventTime(timestamp, { state, window, watermark }) {
        if (timestamp !== window.end - 1) return 'continue';
        const { sum, list, map, first, seen, n } = state(shape);
        const entries = [...map].map(([[name, at], value]) => `${name}${at}=${value}`);
        log.push(
          `${sum.get()} ${list.get().join('+')} ${entries.join()} ${first.get()} ${seen.get()} ${n.get()} at ${watermark}`,
        );
        return 'fire';
      },
      onMerge({ window, registerEventTimer }) {
        log.push(`merge ${window.start} ${window.end}`);
        registerEventTimer(window.end - 1);
      },
      clear: ({ window }) => void log.push(`clear ${window.start} ${window.end}`),
    };
    const windows = new Windows(session(10), { trigger });
    windows.give(1, 0).give(2, 20).restore().give(4, 10);
    windows.operator.watermark(29);
    expect(windows.fired()).toEqual(['{"start":0,"end":30}: 1 2 4 @ 29']);
    expect(log).toEqual([
      'merge 0 30',
      'clear 0 10',
      'clear 20 30',
      '7 1+2+4 v1=1,v2=2,v4=4 1 2 3 at 29',
      'clear 0 30',
    ]);
  });

  it('may not set a time to live for what lives with the window', () => {
    const shape = { last: valueState<number>({ ttl: '1s' }) };
    const trigger: Trigger<number> = {
      onElement: (_value, _timestamp, { state }) => (state(shape).last.get() === 1 ? 'fire' : 'continue'),
    };
    expect(() => new Windows(tumbling(10), { trigger }).give(1, 1)).toThrow('SLUICE_STATE_DESCRIPTOR');
  });
});

describe('windows that no clock ends', () => {
  it('count: a result has the timestamp of the element that filled it', () => {
    const windows = new Windows(tumblingCount(2));
    windows.give(1, 50).give(2, 40).restore().give(3, 30).give(4, 20).give(5, 10);
    expect(windows.fired()).toEqual(['{"index":1}: 3 4 @ 20']);
  });

  it('sliding count: the first are shorter', () => {
    const windows = new Windows(slidingCount(3, 2));
    for (let value = 1; value <= 6; value++) windows.give(value, value);
    expect(windows.fired()).toEqual(['{"index":0}: 1 2 @ 2', '{"index":1}: 2 3 4 @ 4', '{"index":2}: 4 5 6 @ 6']);
  });

  it('global: fires when told, and not by itself', () => {
    const windows = new Windows(globalWindow(), { trigger: onCount(2) });
    windows.give(1, 1).give(2, 2).give(3, 3);
    windows.operator.watermark(Number.POSITIVE_INFINITY);
    expect(windows.fired()).toEqual(['{}: 1 2 @ 2']);
  });
});

describe('assigners of your own', () => {
  it('have windows of any plain data, told apart by all of it', () => {
    interface Shift extends TimeWindow {
      readonly crew: string;
    }
    const shifts: WindowAssigner<number, Shift> = {
      time: 'event',
      assign: (value, timestamp) => {
        const start = Math.floor(timestamp / 10) * 10;
        return [{ start, end: start + 10, crew: value % 2 === 0 ? 'even' : 'odd' }];
      },
    };
    const windows = new Windows(shifts);
    windows.give(1, 1).give(2, 2).give(3, 3).restore().give(4, 4);
    windows.operator.watermark(9);
    expect(windows.fired()).toEqual([
      '{"start":0,"end":10,"crew":"odd"}: 1 3 @ 9',
      '{"start":0,"end":10,"crew":"even"}: 2 4 @ 9',
    ]);
  });
});

describe('windows of all elements', () => {
  it('have no key', () => {
    const windows = new Windows(tumbling(10), {}, false);
    windows.give(1, 1, 'a').give(2, 2, 'b');
    windows.operator.watermark(9);
    expect(windows.bench.takeValues().map(([result]) => result)).toEqual([
      { key: undefined, window: { start: 0, end: 10 }, values: [1, 2], '~sluice': 'windowed' },
    ]);
  });
});
