/** One element of the input that the kit sends through a connector. */
export interface ConformanceItem {
  /** From 0, without gaps. */
  readonly id: number;
  /** One of a few: items of one key belong together and keep their order. */
  readonly key: string;
  /** Text that mistakes in quoting and encoding change. */
  readonly text: string;
}

const KEYS = 7;
const TEXTS = [
  'plain',
  '',
  'two\nlines',
  'a "quoted" one, it\'s \\ escaped',
  'ä € 😀 日本',
  'tab\tcomma,semicolon;pipe|',
  'null',
  ' spaces around ',
  '{"json":true}',
  '%s $1 :id ?',
];

/** The item of that id: the same wherever it is made. */
export function itemOf(id: number): ConformanceItem {
  // Neighbours have different keys, and no key comes at regular distances.
  const key = `key-${(Math.imul(id + 1, 0x9e37_79b1) >>> 16) % KEYS}`;
  return { id, key, text: `${TEXTS[id % TEXTS.length]} ${id}` };
}

/** `count` items from id `from` on. */
export function itemsFrom(from: number, count: number): ConformanceItem[] {
  return Array.from({ length: count }, (_, index) => itemOf(from + index));
}
