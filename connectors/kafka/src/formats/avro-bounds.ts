import type avsc from 'avsc';

/**
 * Whether bytes can be a value of the schema as far as lengths and counts go: the library believes those, and would loop or allocate
 * without end for hostile ones.
 */
export type AvroBounds = (bytes: Uint8Array) => boolean;

type Walk = (walker: Walker) => void;

/** The parts of the library's types that it does not declare. */
type Described = avsc.Type & {
  readonly size?: number;
  readonly symbols?: readonly string[];
  readonly fields?: readonly { readonly type: Described }[];
  readonly itemsType?: Described;
  readonly valuesType?: Described;
  readonly types?: readonly Described[];
  readonly underlyingType?: Described;
};

/** @param type The schema that the bytes were written with. */
export function avroBounds(type: avsc.Type): AvroBounds {
  const walk = walkOf(type as Described, new Map());
  return (bytes) => {
    const walker = new Walker(bytes);
    try {
      walk(walker);
      return walker.atEnd;
    } catch {
      // Beyond a bound, or nested deeper than the stack.
      return false;
    }
  };
}

function walkOf(type: Described, known: Map<Described, Walk>): Walk {
  const before = known.get(type);
  if (before !== undefined) return before;
  let walk: Walk | undefined;
  // A type may contain itself.
  known.set(type, (walker) => walk?.(walker));
  walk = newWalk(type, known);
  return walk;
}

function newWalk(type: Described, known: Map<Described, Walk>): Walk {
  const { typeName } = type;
  if (typeName === 'null') return () => {};
  if (typeName === 'boolean') return (walker) => walker.skip(1);
  if (typeName === 'float') return (walker) => walker.skip(4);
  if (typeName === 'double') return (walker) => walker.skip(8);
  if (typeName === 'int' || typeName === 'long' || typeName === 'abstract:long') return (walker) => void walker.long();
  if (typeName === 'bytes' || typeName === 'string') return (walker) => walker.skip(walker.long());
  if (typeName === 'fixed') return (walker) => walker.skip(type.size ?? 0);
  if (typeName === 'enum') return (walker) => void walker.index(type.symbols?.length ?? 0);
  if (typeName === 'record' || typeName === 'error') {
    const fields = (type.fields ?? []).map((field) => walkOf(field.type, known));
    return (walker) => {
      for (const field of fields) field(walker);
    };
  }
  if (typeName === 'array' && type.itemsType) return blocks(walkOf(type.itemsType, known));
  if (typeName === 'map' && type.valuesType) {
    const value = walkOf(type.valuesType, known);
    return blocks((walker) => {
      walker.skip(walker.long());
      value(walker);
    });
  }
  if (typeName.startsWith('union')) {
    const branches = (type.types ?? []).map((branch) => walkOf(branch, known));
    return (walker) => branches[walker.index(branches.length)]?.(walker);
  }
  if (type.underlyingType) return walkOf(type.underlyingType, known);
  throw new Error(`unknown type ${typeName}`);
}

function blocks(item: Walk): Walk {
  return (walker) => {
    for (let count = walker.long(); count !== 0; count = walker.long()) {
      const size = count < 0 ? walker.long() : undefined;
      const start = walker.at;
      const items = Math.abs(count);
      walker.take(items);
      for (let i = 0; i < items; i++) item(walker);
      if (size !== undefined && walker.at - start !== size) throw new Error('size');
    }
  };
}

const LONGEST_VARINT = 10;
/** Items may have no bytes (null): so many are let through beyond one for each byte. */
const FREE_ITEMS = 1_024;

class Walker {
  at = 0;
  private items: number;

  constructor(private readonly bytes: Uint8Array) {
    this.items = bytes.length + FREE_ITEMS;
  }

  get atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  skip(length: number): void {
    if (!(length >= 0 && length <= this.bytes.length - this.at)) throw new Error('length');
    this.at += length;
  }

  take(items: number): void {
    this.items -= items;
    if (this.items < 0) throw new Error('items');
  }

  index(count: number): number {
    const index = this.long();
    if (index < 0 || index >= count) throw new Error('index');
    return index;
  }

  /** Exact for every length and count that can be true; of larger numbers only the size matters. */
  long(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < LONGEST_VARINT; i++) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      scale *= 128;
    }
    throw new Error('varint');
  }
}
