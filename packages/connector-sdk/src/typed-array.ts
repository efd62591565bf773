interface TypedArrayKind {
  new (buffer: ArrayBuffer): ArrayBufferView;
  readonly BYTES_PER_ELEMENT: number;
}

/** By the number under which a kind is persisted: never reordered. `Uint8Array` has a tag of its own. */
const KINDS: readonly (readonly [name: string, kind: TypedArrayKind])[] = [
  ['Int8Array', Int8Array],
  ['Uint8ClampedArray', Uint8ClampedArray],
  ['Int16Array', Int16Array],
  ['Uint16Array', Uint16Array],
  ['Int32Array', Int32Array],
  ['Uint32Array', Uint32Array],
  ['Float32Array', Float32Array],
  ['Float64Array', Float64Array],
  ['BigInt64Array', BigInt64Array],
  ['BigUint64Array', BigUint64Array],
];
const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** `'Uint8Array'` for a Node Buffer too, and for arrays of another realm; undefined for a DataView. */
export function typedArrayName(view: ArrayBufferView): string | undefined {
  return (view as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag];
}

/** The number of the kind with this name, or −1. */
export function typedArrayKind(name: string | undefined): number {
  return KINDS.findIndex(([known]) => known === name);
}

/** The elements as little-endian bytes. */
export function typedArrayBytes(view: ArrayBufferView, kind: number): Uint8Array {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return LITTLE_ENDIAN ? bytes : swapped(bytes.slice(), KINDS[kind]?.[1].BYTES_PER_ELEMENT ?? 1);
}

/** The array over `bytes`, which must be all of their buffer and belong to it from now on; undefined when there is no such kind or its elements do not fit. */
export function typedArrayOf(kind: number, bytes: Uint8Array): ArrayBufferView | undefined {
  const known = KINDS[kind]?.[1];
  if (known === undefined || bytes.length % known.BYTES_PER_ELEMENT !== 0) return undefined;
  if (!LITTLE_ENDIAN) swapped(bytes, known.BYTES_PER_ELEMENT);
  return new known(bytes.buffer as ArrayBuffer);
}

/** Reverses the bytes of each element, in place. */
export function swapped<B extends Uint8Array>(bytes: B, elementBytes: number): B {
  for (let start = 0; start < bytes.length; start += elementBytes)
    bytes.subarray(start, start + elementBytes).reverse();
  return bytes;
}
