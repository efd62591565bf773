import { SluiceError } from '@sluice/connector-sdk';
import { sameKey } from '../state/canonical-key.js';
import type { Keyed, StreamObserver } from '../stream/element.js';
import type { KeyRegister } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';

/** The object made of a keyed element where a stock operator or a plain subscriber stands behind `keyBy`. */
class KeyedElement<K, T> implements Keyed<K, T> {
  declare readonly '~sluice': 'keyed';
  constructor(
    readonly key: K,
    readonly value: T,
  ) {}
}
Object.defineProperty(KeyedElement.prototype, '~sluice', { value: 'keyed' });

/** Between an operator that gives values beside a key register and one that takes objects. */
export function materialise(key: KeyRegister, to: StreamObserver<unknown>): StreamObserver<unknown> {
  const next = specialise(
    (Element: new (key: unknown, value: unknown) => object, key: KeyRegister, emit: StreamObserver<unknown>['next']) =>
      (value: unknown, timestamp: number): void =>
        emit(new Element(key.key, value), timestamp),
  )(KeyedElement, key, to.next);
  return { ...to, next };
}

/** Between stock operators on a keyed stream and the next keyed operator: the value may have changed, the key must not. */
export function takeApart(
  origin: KeyRegister | undefined,
  key: KeyRegister,
  to: StreamObserver<unknown>,
  component: string,
): StreamObserver<unknown> {
  const emit = to.next;
  return {
    ...to,
    next(element, timestamp) {
      if (typeof element !== 'object' || element === null || !('key' in element) || !('value' in element)) {
        throw notKeyed(component, element);
      }
      if (origin !== undefined && !sameKey(element.key, origin.key)) throw keyChanged(component);
      key.key = element.key;
      emit(element.value, timestamp);
    },
  };
}

/** Several uses of one stream. */
export function fork(branches: readonly StreamObserver<unknown>[]): StreamObserver<unknown> {
  const nexts = branches.map((branch) => branch.next);
  const [first, second] = nexts;
  const next =
    nexts.length === 2 && first !== undefined && second !== undefined
      ? specialise(
          (one: StreamObserver<unknown>['next'], two: StreamObserver<unknown>['next']) =>
            (value: unknown, timestamp: number): void => {
              one(value, timestamp);
              two(value, timestamp);
            },
        )(first, second)
      : (value: unknown, timestamp: number): void => {
          for (const branch of nexts) branch(value, timestamp);
        };
  return {
    next,
    watermark(timestamp) {
      for (const branch of branches) branch.watermark(timestamp);
    },
    barrier(barrier) {
      for (const branch of branches) branch.barrier(barrier);
    },
    status(idle) {
      for (const branch of branches) branch.status(idle);
    },
    error(error) {
      for (const branch of branches) branch.error(error);
    },
    complete() {
      for (const branch of branches) branch.complete();
    },
  };
}

/** A stream's notifications without its elements: what a side output has from the operator that fills it. */
export function withoutElements(to: StreamObserver<unknown>): StreamObserver<unknown> {
  return { ...to, next() {} };
}

/** A stream nobody listens to. */
export const nowhere: StreamObserver<unknown> = {
  next() {},
  watermark() {},
  barrier() {},
  status() {},
  error() {},
  complete() {},
};

function notKeyed(component: string, element: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_NOT_KEYED',
    component,
    expected: 'elements of a keyed stream',
    actual: element === null ? 'null' : typeof element,
    remedy:
      'put keyBy before it, and let stock operators between keep the Keyed element: map((k) => ({ ...k, value: ... }))',
  });
}

function keyChanged(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KEY_CHANGED',
    component,
    expected: 'the key that keyBy gave the element',
    actual: 'another one, set by a stock operator between',
    remedy: 'change the value only, or use values() and a second keyBy',
  });
}
