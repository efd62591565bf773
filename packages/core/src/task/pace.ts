/** How long the loop goes on before it lets others in. Injected, so that a simulation can choose every interleaving. */
export interface Pace {
  /** Elements given out between two questions whether the slice is over. */
  readonly stride: number;
  /** A slice of work begins. */
  begin(): void;
  /** The slice is used up. */
  over(): boolean;
  /** The slice of the work beside the stream (encoding state) begins. */
  beginAside(): void;
  asideOver(): boolean;
  /** Lets timers, I/O and asynchronous results in. */
  pause(): Promise<void>;
}

/** Looking at the clock costs more than an element. */
const STRIDE = 256;
/** Milliseconds of elements before I/O gets a turn: short beside a network round trip, long beside the cost of a turn. */
const SLICE_MS = 8;
/** Milliseconds of encoding between two slices of elements: the longest hole a checkpoint makes. */
const ASIDE_MS = 2;

export function systemPace(): Pace {
  let end = 0;
  let asideEnd = 0;
  return {
    stride: STRIDE,
    begin() {
      end = performance.now() + SLICE_MS;
    },
    over: () => performance.now() >= end,
    beginAside() {
      asideEnd = performance.now() + ASIDE_MS;
    },
    asideOver: () => performance.now() >= asideEnd,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

/** Runs everything to its end: for streams that are subscribed in place, as RxJS operators do. */
export function unhurriedPace(): Pace {
  return { ...systemPace(), over: () => false };
}
