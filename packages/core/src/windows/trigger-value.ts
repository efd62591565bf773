import type { StateDescriptor } from '../state/descriptor.js';

/** One value of a trigger for each window. */
export interface TriggerValue<T> {
  get(): T | undefined;
  set(value: T): void;
  clear(): void;
}

export interface TriggerValueDescriptor<T> extends StateDescriptor<TriggerValue<T>> {
  readonly kind: 'triggerValue';
  readonly merge: ((older: T, newer: T) => T) | undefined;
}

/** The state of this package's triggers. With `merge`, the values of merging windows become one; else that of the oldest stays. */
export function triggerValue<T>(merge?: (older: T, newer: T) => T): TriggerValueDescriptor<T> {
  return { kind: 'triggerValue', merge };
}
