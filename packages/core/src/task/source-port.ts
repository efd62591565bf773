import type { StreamObserver } from '../stream/element.js';
import { specialise } from '../stream/specialise.js';
import type { SourceSplits } from '../stream/splits.js';
import type { Pace } from './pace.js';
import type { SplitReader } from './split-reader.js';

/** The splits of a source, as the loop keeps them: it says which is current, the operator that makes watermarks says where each is. */
export interface LoopSplits extends SourceSplits {
  current: number;
  known: boolean;
  readonly ids: string[];
}

/** Several operators may make watermarks behind one source: each of them is told. */
export function loopSplits(): LoopSplits {
  const ended: ((place: number) => void)[] = [];
  const heldBack: ((held: boolean, place?: number) => void)[] = [];
  const ahead: ((place: number, goOn: () => void) => boolean)[] = [];
  return {
    current: 0,
    known: false,
    ids: [],
    watermarks: [],
    get ended() {
      return (place: number) => {
        for (const tell of ended) tell(place);
      };
    },
    set ended(tell: ((place: number) => void) | undefined) {
      if (tell !== undefined) ended.push(tell);
    },
    get heldBack() {
      return (held: boolean, place?: number) => {
        for (const tell of heldBack) tell(held, place);
      };
    },
    get ahead() {
      return ahead.length === 0 ? undefined : (place: number, goOn: () => void) => ahead.some((is) => is(place, goOn));
    },
    set ahead(is: ((place: number, goOn: () => void) => boolean) | undefined) {
      if (is !== undefined) ahead.push(is);
    },
    set heldBack(tell: ((held: boolean, place?: number) => void) | undefined) {
      if (tell !== undefined) heldBack.push(tell);
    },
  };
}

/** The only split of an input that has none. */
export function oneSplit(): LoopSplits {
  const splits = loopSplits();
  splits.ids.push('only');
  splits.known = true;
  return splits;
}

/** Says that something else than the next element wants to be looked at. */
export interface Attention {
  wanted: boolean;
}

/** Gives out elements of a batch until its end, the end of the slice, or until attention is wanted. Answers how many it gave. */
export type GiveOut = (reader: SplitReader, count: { elements: number }) => void;

/** The source's own copy of the loop around `next`: one call site for one operator. */
export function createGiveOut(
  input: StreamObserver<unknown>,
  attention: Attention,
  pace: Pace,
  sideOutput: (target: object, value: unknown, timestamp: number) => void,
): GiveOut {
  return specialise(giveOut)(input.next, attention, () => pace.over(), sideOutput, pace.stride, Number.NaN);
}

/** Closed. Side outputs of a batch are given out together with the value they stand before, so that no barrier comes between. */
function giveOut(
  next: (value: unknown, timestamp: number) => void,
  attention: Attention,
  sliceOver: () => boolean,
  sideOutput: (target: object, value: unknown, timestamp: number) => void,
  stride: number,
  noTimestamp: number,
): GiveOut {
  const giveSides = (reader: SplitReader, upTo: number): void => {
    const sides = reader.batch?.sideOutputs;
    if (sides === undefined) return;
    for (;;) {
      const side = sides[reader.sideIndex];
      if (side === undefined || side.before > upTo) return;
      reader.sideIndex++;
      sideOutput(side.target, side.value, noTimestamp);
    }
  };
  return (reader, count) => {
    const batch = reader.batch;
    if (batch === undefined) return;
    const { values, timestamps } = batch;
    const plain = batch.sideOutputs === undefined;
    const length = values.length;
    const from = reader.index;
    let index = from;
    // Looks at the clock between inner loops: a division for each element to find out when would be a tenth of a light operator.
    for (let look = from - (from % stride) + stride; ; look += stride) {
      const until = Math.min(look, length);
      while (index < until) {
        if (!plain) giveSides(reader, index);
        next(values[index], timestamps === undefined ? noTimestamp : (timestamps[index] as number));
        index++;
        reader.index = index;
        if (attention.wanted) break;
      }
      if (index < until || index >= length || attention.wanted || sliceOver()) break;
    }
    count.elements += index - from;
    if (index >= length) {
      if (!plain) giveSides(reader, length);
      reader.finishBatch();
    }
  };
}
