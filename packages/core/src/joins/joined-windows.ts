import { planned } from '../aggregates/plan.js';
import { createWindowOperator } from '../operators/window.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeyRegister } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { type WindowAssigner, windowKind } from '../windows/window-assigner.js';
import { wrongWindowOption } from '../windows/window-option.js';
import { createAlignedJoin } from './aligned-join.js';
import type { EmitWindow, WantedAlone, WindowSides } from './fired-sides.js';
import { type CreateJoin, joinedInputs } from './joined-streams.js';

/** Whose element is being given to the windows. */
interface Turn {
  isLeft: boolean;
}

/**
 * Both sides of a join in the windows of one window operator, which is told of the side beside the element: windows, their late
 * elements, timers and checkpoints are those of `windowBy`.
 */
export function createJoinedWindows(
  component: string,
  assigner: WindowAssigner<unknown, unknown>,
  emitWindow: (out: StreamObserver<never>) => EmitWindow,
  alone: WantedAlone = { left: true, right: true },
): CreateJoin {
  checkWindow(component, assigner);
  const kind = windowKind(assigner);
  if (kind.type === 'aligned' && assigner.time === 'event')
    return createAlignedJoin(component, kind, emitWindow, alone);
  const merging = kind.type === 'merging';
  const create = createWindowOperator(component, assigner);
  return (context, [leftKey, rightKey], out) => {
    const turn: Turn = { isLeft: true };
    const key: KeyRegister = { key: undefined };
    const inputs = joinedInputs(component, () => windows);
    const windows = create({ ...context, inputKey: key, inputs }, [
      { aggregate: sidesOf(turn, merging), out: { ...out, next: emitWindow(out) as StreamObserver<never>['next'] } },
    ]);
    const side = (isLeft: boolean, register: KeyRegister, place: number): StreamObserver<unknown> => ({
      next: specialise(sideNext)(inputs, turn, isLeft, register, key, windows.next),
      ...inputs.input(place),
    });
    return [side(true, leftKey, 0), side(false, rightKey, 1)];
  };
}

/** Closed. */
function sideNext(
  inputs: { readonly aligning: boolean; outOfWave(): Error },
  turn: Turn,
  isLeft: boolean,
  from: KeyRegister,
  to: KeyRegister,
  next: (value: unknown, timestamp: number) => void,
): (value: unknown, timestamp: number) => void {
  return (value, timestamp) => {
    if (inputs.aligning) throw inputs.outOfWave();
    turn.isLeft = isLeft;
    to.key = from.key;
    next(value, timestamp);
  };
}

interface Accumulator {
  left: unknown[] | undefined;
  right: unknown[] | undefined;
}

/** All elements of both sides. */
function sidesOf(turn: Turn, mergeable: boolean): ReturnType<typeof planned<unknown, Accumulator, WindowSides>> {
  const add = (list: string): string => `if (${list} === undefined) ${list} = [value]; else ${list}.push(value);`;
  const join = (left: string, right: string): string =>
    `if (${left} === undefined) ${left} = ${right}; else if (${right} !== undefined) for (const value of ${right}) ${left}.push(value);`;
  return planned<unknown, Accumulator, WindowSides>(
    {
      signature: 'sides',
      fields: [
        { kind: 'value', initial: () => 'undefined' },
        { kind: 'value', initial: () => 'undefined' },
      ],
      given: [turn],
      mergeable,
      add: ({ field, given }) => `if (${given(0)}.isLeft) { ${add(field(0))} } else { ${add(field(1))} }`,
      merge: (left, right) => [0, 1].map((at) => join(left.field(at), right.field(at))).join(' '),
      result: ({ field }) => `({ left: ${field(0)}, right: ${field(1)} })`,
      split: (accumulator) => [(accumulator as Accumulator).left, (accumulator as Accumulator).right],
      join: ([left, right]) => ({ left, right }),
    },
    {
      create: () => ({ left: undefined, right: undefined }),
      add(accumulator, value) {
        const side = turn.isLeft ? 'left' : 'right';
        const list = accumulator[side];
        if (list === undefined) accumulator[side] = [value];
        else list.push(value);
        return accumulator;
      },
      merge: (one, other) => ({ left: joined(one.left, other.left), right: joined(one.right, other.right) }),
      result: (accumulator) => accumulator,
    },
  );
}

function joined(one: unknown[] | undefined, other: unknown[] | undefined): unknown[] | undefined {
  return one === undefined ? other : one.concat(other ?? []);
}

function checkWindow(component: string, assigner: unknown): void {
  const { time, assign } = (assigner ?? {}) as Partial<WindowAssigner<unknown, unknown>>;
  if (typeof assign !== 'function')
    throw wrongWindowOption(component, 'window', 'a window assigner, such as tumbling(...)', assigner);
  if (time === 'none')
    throw wrongWindowOption(
      component,
      'window',
      'windows that a clock ends: tumbling, sliding, session',
      'count or global windows, at whose end nothing would be known of the other side',
    );
}
