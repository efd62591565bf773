import { WindowRows } from './window-rows.js';

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

/** The rows of sessions. The end of the newest one is kept here alone until somebody asks for it. */
export class SessionRows extends WindowRows {
  ends: Float64Array = new Float64Array(this.starts.length);

  /** The sessions of a key are these, the newest first. */
  keep(id: number, newest: Session): void {
    newest.id = id;
    this.put(id, newest.start, newest.contents, newest.next === undefined);
    this.ends[id] = newest.end;
  }

  /** Brings the newest session of a key up to date, and answers it. */
  current<S extends Session | undefined>(newest: S): S {
    if (newest !== undefined) newest.end = this.ends[newest.id] as number;
    return newest;
  }

  protected override grow(id: number): void {
    super.grow(id);
    const { ends } = this;
    this.ends = new Float64Array(this.starts.length);
    this.ends.set(ends);
  }
}
