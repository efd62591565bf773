import { SluiceError } from './error.js';
import { kindOf } from './structured-kind.js';
import { MAX_DEPTH } from './structured-tag.js';

interface Refusal {
  readonly path: string;
  readonly what: string;
  readonly tooDeep?: boolean;
}

/** Says which part of a value the structured encoding refuses, and why. Names fields, never contents. */
export function refusalOf(value: unknown): SluiceError {
  const found = refusedIn(value, 'value', []);
  const where = found === undefined ? 'something that changes while it is read' : `${found.what} at ${found.path}`;
  if (found?.tooDeep === true) {
    return new SluiceError({
      code: 'SLUICE_CODEC_DEPTH',
      component: 'structuredCodec',
      expected: `values nested at most ${MAX_DEPTH} deep`,
      actual: where,
      remedy: 'flatten the value, or give the state a codec of its own',
    });
  }
  return new SluiceError({
    code: 'SLUICE_CODEC_VALUE',
    component: 'structuredCodec',
    expected: 'plain data: JSON, undefined, bigint, Date, Map, Set, bytes',
    actual: where,
    remedy: 'keep plain data only, or give the state, position or committable a codec of its own',
  });
}

function refusedIn(value: unknown, path: string, ancestors: readonly object[]): Refusal | undefined {
  if (typeof value === 'function') return { path, what: 'a function' };
  if (typeof value === 'symbol') return { path, what: 'a symbol' };
  if (typeof value !== 'object' || value === null) return undefined;
  if (ancestors.includes(value)) return { path, what: 'a cycle' };
  const kind = kindOf(value);
  if (kind === undefined) return { path, what: `an instance of ${className(value)}` };
  if (ancestors.length === MAX_DEPTH) return { path: abbreviated(path), what: 'one more level', tooDeep: true };
  const inside = [...ancestors, value];
  for (const [step, part] of partsOf(value, kind)) {
    const found = refusedIn(part, path + step, inside);
    if (found !== undefined) return found;
  }
  return undefined;
}

function* partsOf(value: object, kind: string): Generator<readonly [step: string, part: unknown]> {
  if (kind === 'array') {
    const items = value as readonly unknown[];
    for (let i = 0; i < items.length; i++) yield [`[${i}]`, items[i]];
  } else if (kind === 'map') {
    let i = 0;
    for (const [key, item] of value as ReadonlyMap<unknown, unknown>) {
      yield [`.key(${i})`, key];
      yield [`.entry(${i++})`, item];
    }
  } else if (kind === 'set') {
    let i = 0;
    for (const item of value as ReadonlySet<unknown>) yield [`.item(${i++})`, item];
  } else if (kind === 'object' || kind === 'bare') {
    for (const key of Object.keys(value)) yield [`.${key}`, (value as Readonly<Record<string, unknown>>)[key]];
  }
}

function className(value: object): string {
  const made: unknown = value.constructor;
  return typeof made === 'function' && made.name !== '' ? made.name : 'a class';
}

function abbreviated(path: string): string {
  return path.length <= 80 ? path : `${path.slice(0, 60)}…`;
}
