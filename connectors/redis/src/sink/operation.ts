import type { Argument } from '../connection/client.js';
import type { Shape } from './shape.js';

/** An element on its way. */
export interface Item<T, Content> {
  readonly value: T;
  readonly key: string;
  readonly member: string;
  /** Goes up by one with each element of a run. */
  readonly sequence: number;
  readonly version: bigint | undefined;
  readonly content: Content;
  readonly bytes: number;
}

/** One versioned write: of all elements of a batch that go to one place. */
export interface Operation<T, Content> {
  readonly items: Item<T, Content>[];
  readonly key: string;
  sequence: number;
  version: bigint | undefined;
  content: Content;
}

/**
 * What a batch writes, by place: each once, so that no write of a batch overtakes another one of the same place, whichever of them have to be
 * tried again.
 */
export function operationsOf<T, Content>(
  items: readonly Item<T, Content>[],
  shape: Pick<Shape<T, Content>, 'combine'>,
): ReadonlyMap<string, Operation<T, Content>> {
  const places = new Map<string, Operation<T, Content>>();
  for (const item of items) {
    const { key, member, sequence, version, content } = item;
    const place = `${key.length} ${key}${member}`;
    const before = places.get(place);
    if (before === undefined) {
      places.set(place, { items: [item], key, sequence, version, content });
      continue;
    }
    before.items.push(item);
    if (version !== undefined && before.version !== undefined && version < before.version) continue;
    before.sequence = sequence;
    before.version = version;
    before.content = shape.combine(before.content, content);
  }
  return places;
}

/** What the script is given of a write: sequence, version, number of arguments, arguments. */
export function operationArguments<T, Content>(
  { sequence, version, content }: Operation<T, Content>,
  shape: Pick<Shape<T, Content>, 'argumentsOf'>,
  before?: Content,
): Argument[] {
  const own = shape.argumentsOf(content, before);
  return [String(sequence), version === undefined ? '' : String(version), own.length, ...own];
}
