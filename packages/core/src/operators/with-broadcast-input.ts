import { ByteReader, ByteWriter, SluiceError, structuredCodec } from '@sluice/connector-sdk';
import { KeyedStore } from '../state/keyed-store.js';
import { OperatorList } from '../state/operator-list.js';
import { OperatorMap } from '../state/operator-map.js';
import { valueCodec } from '../state/value-codec.js';
import type { StreamObserver } from '../stream/element.js';
import { MultiInput } from '../stream/multi-input.js';
import type { OperatorContext } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';

/** What `withBroadcast` does, checked. */
export interface BroadcastProjection {
  readonly project: (value: unknown, latest: unknown) => unknown;
  /** In a box: it may be `undefined`. */
  readonly initial: { readonly value: unknown } | undefined;
  /** Elements that may wait for a control value: more would rather be a mistake than a wait. */
  readonly mostHeld: number;
}

/** The control value that elements are given. */
interface Latest {
  value: unknown;
  /** There is one, and no element is held back any more. */
  open: boolean;
}

interface Held {
  readonly value: unknown;
  readonly timestamp: number;
}

const LATEST = 'latest';
const VERSION = 1;

/** The inputs of `withBroadcast`: of elements and of the control stream. */
export function createWithBroadcast(
  { project, initial, mostHeld }: BroadcastProjection,
  context: OperatorContext,
  out: StreamObserver<unknown>,
): readonly [elements: StreamObserver<unknown>, control: StreamObserver<unknown>] {
  const { uid, maxParallelism, task } = context;
  const store = new KeyedStore({ uid, maxParallelism });
  const map = new OperatorMap(store, LATEST, valueCodec(structuredCodec<unknown>(), LATEST));
  const held = new OperatorList(store, 'held', 'split', valueCodec(structuredCodec<unknown>(), 'held'));
  const latest: Latest = { value: initial?.value, open: initial !== undefined };
  const emit = out.next;
  /** The watermark that waits behind the elements that are held back; NaN for none. */
  let waiting = Number.NaN;
  let controlEnded = false;
  /** The elements held back are going on; so many have. */
  let releasing = false;
  let released = 0;

  const forward = (): void => {
    latest.open = true;
    if (Number.isNaN(waiting)) return;
    const watermark = waiting;
    waiting = Number.NaN;
    out.watermark(watermark);
  };
  /** Answers false when the slice was over before all had gone on. */
  const release = (stop: () => boolean): boolean => {
    if (!releasing) return true;
    const elements = held.get() as readonly Held[];
    while (released < elements.length) {
      const { value, timestamp } = elements[released++] as Held;
      emit(project(value, latest.value), timestamp);
      if (stop()) return false;
    }
    held.clear();
    released = 0;
    releasing = false;
    forward();
    return true;
  };
  /** What is left over from a slice goes on before anything else. */
  const settle = (): void => {
    release(() => false);
  };
  const begin = (): void => {
    if (latest.open) return;
    releasing = true;
    if (!release(() => task.sliceOver())) task.unfinished(() => release(() => task.sliceOver()));
  };
  const hold = (value: unknown, timestamp: number): void => {
    if (releasing) {
      settle();
      emit(project(value, latest.value), timestamp);
      return;
    }
    if (controlEnded) throw noControl(uid, 'none until its end');
    if (held.length === mostHeld) throw noControl(uid, `none yet, with ${mostHeld} elements waiting for it`);
    held.add({ value, timestamp });
  };

  const inputs = new MultiInput(
    2,
    {
      watermark(timestamp) {
        settle();
        if (held.length > 0) waiting = timestamp;
        else out.watermark(timestamp);
      },
      barrier(barrier) {
        settle();
        const header = new ByteWriter(64);
        header.uint8(VERSION);
        header.float64(waiting);
        inputs.writeTo(header);
        barrier.capture(store.capture(header.finish()));
        out.barrier(barrier);
      },
      status(idle) {
        settle();
        out.status(idle);
      },
      error: (error) => out.error(error),
      complete() {
        settle();
        out.complete();
      },
    },
    'withBroadcast',
  );
  if (context.restored !== undefined) {
    const header = new ByteReader(store.restore(context.restored));
    const version = header.uint8();
    if (version !== VERSION) throw otherVersion(uid, version);
    waiting = header.float64();
    inputs.restoreFrom(header);
    header.end();
    map.restored();
    held.restored();
    if (map.values.size > 0) {
      latest.value = map.values.get(LATEST);
      latest.open = true;
    } else if (latest.open && held.length > 0) {
      // It has been given an initial value since.
      latest.open = false;
      task.wake(begin);
    }
  }

  const fromControl = inputs.input(1);
  const control: StreamObserver<unknown> = {
    ...fromControl,
    next(value) {
      if (inputs.aligning) throw inputs.outOfWave();
      settle();
      map.set(LATEST, value);
      latest.value = value;
      begin();
    },
    watermark(timestamp) {
      if (timestamp === Number.POSITIVE_INFINITY) {
        controlEnded = true;
        if (!releasing && held.length > 0) throw noControl(uid, 'none until its end');
      }
      fromControl.watermark(timestamp);
    },
  };
  const next = specialise(projectNext)(latest, inputs, project, hold, emit);
  return [{ ...inputs.input(0), next }, control];
}

/** Closed. */
function projectNext(
  latest: Latest,
  inputs: MultiInput,
  project: (value: unknown, latest: unknown) => unknown,
  hold: (value: unknown, timestamp: number) => void,
  emit: StreamObserver<unknown>['next'],
): StreamObserver<unknown>['next'] {
  return (value, timestamp) => {
    if (inputs.aligning) throw inputs.outOfWave();
    if (latest.open) emit(project(value, latest.value), timestamp);
    else hold(value, timestamp);
  };
}

function noControl(component: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_BROADCAST_MISSING',
    component,
    expected: 'a value of the control stream for the elements that have come',
    actual,
    remedy:
      'give `initial`, which elements are given until there is another one, or see why the control stream is empty',
  });
}

function otherVersion(component: string, actual: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_VERSION',
    component,
    expected: `a header of version ${VERSION}`,
    actual: `version ${actual}`,
    remedy: 'restore with the version of this package that wrote the checkpoint, or a newer one',
  });
}
