import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emitGroup } from '../../packages/core/src/joins/co-group.js';
import { joinCall } from '../../packages/core/src/joins/join-context.js';
import { createJoinedWindows } from '../../packages/core/src/joins/joined-windows.js';
import { emitPairs } from '../../packages/core/src/joins/window-join.js';
import type { StreamObserver } from '../../packages/core/src/stream/element.js';
import {
  session,
  sliding,
  type TimeWindow,
  tumbling,
  type WindowAssigner,
} from '../../packages/core/src/windows/index.js';
import { compareJoin, type JoinElement, type JoinModel, type JoinOutput, joinScript } from './join-script.js';
import { check, replay, timeout } from './runs.js';
import { type ModelOutput, type ModelWindows, WindowModel } from './window-model.js';

type Emit = (value: unknown, timestamp: number) => void;

/** What a join makes of the elements of a window that has fired. */
type OfWindow = (left: readonly string[], right: readonly string[], window: TimeWindow) => readonly string[];

/** The windows are those of the model of windows; it knows no sides, so elements are looked up by number. */
class WindowJoinModel implements JoinModel {
  private readonly windows: WindowModel;
  private readonly elements: JoinElement[] = [];

  constructor(
    kind: ModelWindows,
    private readonly ofWindow: OfWindow,
  ) {
    this.windows = new WindowModel(kind, 0);
  }

  element(element: JoinElement): JoinOutput[] {
    const value = this.elements.push(element) - 1;
    return this.outputs(
      this.windows.element({ key: JSON.stringify(element.key), timestamp: element.timestamp, value }),
    );
  }

  advance(watermark: number): JoinOutput[] {
    return this.outputs(this.windows.advance(watermark));
  }

  private outputs(outputs: readonly ModelOutput[]): JoinOutput[] {
    return outputs.flatMap((output): JoinOutput[] => {
      if (output.type === 'vanished') return [];
      if (output.type === 'late') {
        const { value, timestamp } = this.elements[output.element.value] as JoinElement;
        return [{ type: 'late', value, timestamp }];
      }
      const { start, end, values } = output;
      const elements = values.map((value) => this.elements[value] as JoinElement);
      const of = (side: string): string[] => elements.filter((one) => one.side === side).map(({ value }) => value);
      return this.ofWindow(of('left'), of('right'), { start, end }).map((value) => ({
        type: 'result',
        value,
        timestamp: end - 1,
      }));
    });
  }
}

const aligned = fc
  .record({ size: fc.integer({ min: 1, max: 15 }), slide: fc.integer({ min: 1, max: 18 }), offset: fc.nat(10) })
  .map((windows): ModelWindows => ({ kind: 'aligned', ...windows }));
const sessions = fc.integer({ min: 1, max: 10 }).map((gap): ModelWindows => ({ kind: 'session', gap }));
const windows = fc.oneof(
  aligned,
  aligned.map((one): ModelWindows => (one.kind === 'aligned' ? { ...one, slide: one.size } : one)),
  sessions,
);

function assignerOf(kind: ModelWindows, custom: boolean): WindowAssigner<unknown, TimeWindow> {
  if (kind.kind === 'session') return session(kind.gap);
  const { size, slide, offset } = kind;
  const given = size === slide ? tumbling(size, { offset }) : sliding(size, slide, { offset });
  return custom ? { time: 'event', assign: given.assign } : given;
}

describe(`window joins against a brute-force model (${replay})`, { timeout }, () => {
  it.each([
    ['inner', false, false],
    ['left', true, false],
    ['right', false, true],
    ['full', true, true],
  ] as const)('windowJoin, %s', (_kind, left, right) => {
    const pairs: OfWindow = (lefts, rights, { start }) => {
      const ones = lefts.length === 0 && right ? ['none'] : lefts;
      const others = rights.length === 0 && left ? ['none'] : rights;
      return ones.flatMap((one) => others.map((other) => `${one}+${other} in ${start}`));
    };
    const project = (one: unknown, other: unknown, context: { readonly window: unknown }) =>
      `${one ?? 'none'}+${other ?? 'none'} in ${(context.window as TimeWindow).start}`;
    check(fc.record({ script: joinScript, kind: windows, custom: fc.boolean() }), ({ script, kind, custom }) => {
      const emit = (out: StreamObserver<never>) => emitPairs(project, out.next as Emit, joinCall(), left, right);
      compareJoin(script, {
        create: createJoinedWindows('windowJoin', assignerOf(kind, custom), emit),
        model: new WindowJoinModel(kind, pairs),
        late: undefined,
        inOrder: inOrderOfTime,
      });
    });
  });

  it('coGroup, each side in order of arrival', () => {
    const group: OfWindow = (lefts, rights) => [`${lefts} & ${rights}`, `${lefts.length + rights.length}`];
    const inOrder = (one: readonly unknown[]): readonly unknown[] =>
      one.toSorted((a, b) => Number(String(a).slice(1)) - Number(String(b).slice(1)));
    check(fc.record({ script: joinScript, kind: windows, custom: fc.boolean() }), ({ script, kind, custom }) => {
      const emit = (out: StreamObserver<never>) =>
        emitGroup(
          (lefts, rights) => {
            // Sessions that have become one stand one after the other.
            if (kind.kind === 'session')
              return group(inOrder(lefts) as string[], inOrder(rights) as string[], NO_WINDOW);
            return group(lefts as string[], rights as string[], NO_WINDOW);
          },
          out.next as Emit,
          joinCall(),
        );
      compareJoin(script, {
        create: createJoinedWindows('coGroup', assignerOf(kind, custom), emit),
        model: new WindowJoinModel(kind, group),
        late: undefined,
        inOrder: inOrderOfTime,
      });
    });
  });
});

const NO_WINDOW: TimeWindow = { start: 0, end: 0 };

function inOrderOfTime(results: readonly JoinOutput[]): void {
  const times = results.map(({ timestamp }) => timestamp);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
}
