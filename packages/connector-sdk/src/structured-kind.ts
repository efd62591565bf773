import { typedArrayKind, typedArrayName } from './typed-array.js';

export type StructuredKind = 'object' | 'bare' | 'array' | 'map' | 'set' | 'date' | 'bytes' | 'typedArray';

/** What an object is to the structured encoding; undefined for an instance of a class, which decoding could not give back. */
export function kindOf(value: object): StructuredKind | undefined {
  const prototype: object | null = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return 'object';
  if (prototype === Array.prototype) return Array.isArray(value) ? 'array' : undefined;
  if (prototype === null) return 'bare';
  if (prototype === Map.prototype) return 'map';
  if (prototype === Set.prototype) return 'set';
  if (prototype === Date.prototype) return 'date';
  return rarerKindOf(value, prototype);
}

function rarerKindOf(value: object, prototype: object): StructuredKind | undefined {
  if (ArrayBuffer.isView(value)) {
    const name = typedArrayName(value);
    if (name === 'Uint8Array') return 'bytes';
    return typedArrayKind(name) < 0 ? undefined : 'typedArray';
  }
  // A test runner that fakes the clock puts a subclass in the place of Date.
  if (value instanceof Date) return 'date';
  // `Keyed` elements, which the engine makes, are plain data with a brand that only their prototype has.
  if (Object.hasOwn(prototype, '~sluice')) return 'object';
  const parent: object | null = Object.getPrototypeOf(prototype);
  // Object.prototype and Array.prototype of another realm: whole test runners live in one.
  if (parent === null) return Object.hasOwn(prototype, 'isPrototypeOf') ? 'object' : undefined;
  return Array.isArray(value) && Object.getPrototypeOf(parent) === null ? 'array' : undefined;
}
