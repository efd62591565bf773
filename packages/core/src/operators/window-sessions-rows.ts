/** A live session of a key, and the next one before it in time. They never touch. */
export interface Session {
  /** The id of its key. */
  id: number;
  start: number;
  /** Of the newest session of a key what its row says. */
  end: number;
  /** The number of its first element in order of arrival. */
  first: number;
  contents: object;
  next: Session | undefined;
}

export type CreateSession = (start: number, end: number, first: number, contents: object) => Session;

/** Closed. A class for each operator, without a name, as `alignedNode`. */
export function sessionNode(): CreateSession {
  return (
    (Node: new (...fields: Parameters<CreateSession>) => Session): CreateSession =>
    (start, end, first, contents) =>
      new Node(start, end, first, contents)
  )(
    class implements Session {
      id = 0;
      next: Session | undefined = undefined;

      constructor(
        public start: number,
        public end: number,
        public first: number,
        public contents: object,
      ) {}
    },
  );
}

/**
 * What an element needs to know of the newest session of its key, by the id of the key: side by side, where keys that are active together
 * share cache lines. The end is kept here alone until somebody asks for it.
 */
export class SessionRows {
  /** NaN for none. */
  starts = new Float64Array(64).fill(Number.NaN);
  ends = new Float64Array(64);
  contents: (object | undefined)[] = [];
  /** 1: it is the only one. */
  alone = new Uint8Array(64);

  /** The sessions of a key are these, the newest first. */
  put(id: number, newest: Session): void {
    if (id >= this.starts.length) this.grow(id);
    newest.id = id;
    this.starts[id] = newest.start;
    this.ends[id] = newest.end;
    while (this.contents.length <= id) this.contents.push(undefined);
    this.contents[id] = newest.contents;
    this.alone[id] = newest.next === undefined ? 1 : 0;
  }

  delete(id: number): void {
    this.starts[id] = Number.NaN;
    this.contents[id] = undefined;
  }

  /** Brings the newest session of a key up to date, and answers it. */
  current<S extends Session | undefined>(newest: S): S {
    if (newest !== undefined) newest.end = this.ends[newest.id] as number;
    return newest;
  }

  private grow(id: number): void {
    let { length } = this.starts;
    while (length <= id) length *= 2;
    const { starts, ends, alone } = this;
    this.starts = new Float64Array(length).fill(Number.NaN);
    this.starts.set(starts);
    this.ends = new Float64Array(length);
    this.ends.set(ends);
    this.alone = new Uint8Array(length);
    this.alone.set(alone);
  }
}
