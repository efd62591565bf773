import { otherSignature } from '../aggregates/fields.js';
import type { EntryCodec } from '../state/entry-codec.js';
import type { StreamObserver } from '../stream/element.js';
import type { OperatorContext } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { KeyedControl, keyedInput, openStore } from './keyed-operator.js';
import { TimerQueue } from './timer-queue.js';
import type { WindowConsumer } from './window-consumer.js';
import { type Arrivals, type Contents, contentsOf } from './window-contents.js';
import { type LateElements, noTimestamps } from './window-late.js';
import { type CreateSession, type Session, sessionNext, sessionNode } from './window-sessions-next.js';

export interface Sessions {
  readonly gapOf: number | ((value: never) => number);
  readonly allowedLateness: number;
}

/**
 * Sessions of event time with the default trigger: what a session's timers would be follows from its end. Per key a list of live
 * sessions, the newest first; the key stands in the queue at the first time at which one of them fires or is forgotten.
 */
export function createSessions(
  context: OperatorContext,
  { gapOf, allowedLateness }: Sessions,
  late: LateElements,
  consumers: readonly WindowConsumer[],
): StreamObserver<unknown> {
  const control = new KeyedControl(
    context,
    consumers.map(({ out }) => out),
  );
  const arrivals: Arrivals = { next: 0 };
  const contents = contentsOf({ consumers, evictor: undefined, merging: true, arrivals });
  const createSession = specialise(sessionNode)();
  const { store, table, header } = openStore(context, 'windows', sessionEntries(contents, createSession));
  const { keys } = store;
  const queue = new TimerQueue();

  /** Until a session fires, the next thing to happen to it is that; then that it is forgotten. */
  const nextTime = ({ end }: Session): number => (end - 1 > control.watermark ? end - 1 : end - 1 + allowedLateness);

  const emit = (id: number, { start, end, contents: held }: Session): void => {
    contents.emit(keys.keyOf(id), { start, end }, held, end - 1);
  };

  const open = (
    id: number,
    before: Session | undefined,
    next: Session | undefined,
    start: number,
    end: number,
  ): Session => {
    const session = createSession(start, end, arrivals.next++, contents.create(), next);
    if (before === undefined) table.set(id, session);
    else before.next = session;
    return session;
  };

  /** An element that is not in the newest session, nor prolongs it: it may be late, open a session, or join several. */
  const elsewhere = (id: number, newest: Session | undefined, value: unknown, timestamp: number, end: number): void => {
    if (Number.isNaN(timestamp)) throw noTimestamps(context.name);
    let before: Session | undefined;
    let session = newest;
    while (session !== undefined && session.start > end) {
      before = session;
      session = session.next;
    }
    if (session !== undefined && session.end >= timestamp) {
      joinOlder(session, contents, timestamp);
      if (timestamp < session.start) session.start = timestamp;
      if (end > session.end) session.end = end;
    } else if (end - 1 + allowedLateness > control.watermark) {
      session = open(id, before, session, timestamp, end);
    } else {
      keys.endTurn(id);
      if (timestamp + allowedLateness <= control.watermark) late(value, timestamp);
      return;
    }
    contents.add(session.contents, value, timestamp);
    queue.want(id, nextTime(session));
    if (session.end - 1 <= control.watermark) emit(id, session);
  };

  const fireEvent = (watermark: number): boolean => {
    const id = queue.take(watermark);
    if (id < 0) return false;
    const { time } = queue;
    if (time < Number.POSITIVE_INFINITY) control.fired = time;
    let newest = table.getForUpdate(id);
    let before: Session | undefined;
    for (let session = newest; session !== undefined; session = session.next) {
      const last = session.end - 1;
      if (last === time) emit(id, session);
      if (last + allowedLateness > time) {
        before = session;
        queue.want(id, last > time ? last : last + allowedLateness);
      } else if (before === undefined) {
        newest = session.next;
      } else {
        before.next = session.next;
      }
    }
    if (newest !== undefined) {
      table.set(id, newest);
    } else {
      table.delete(id);
      keys.endTurn(id);
    }
    return true;
  };

  control.start({
    fireEvent,
    capture: (bytes) => store.capture(bytes),
    writeHeader: (writer) => writer.varint(arrivals.next),
  });
  if (header !== undefined) {
    arrivals.next = control.restore(header).varint();
    for (let id = 0; id < keys.limit; id++) {
      for (let session = table.get(id); session !== undefined; session = session.next)
        queue.want(id, nextTime(session));
    }
  }
  const prolonged = (id: number, session: Session): void => queue.want(id, nextTime(session));
  const { inputKey } = context;
  return keyedInput(
    control,
    specialise(sessionNext)(inputKey, keys, table, control, contents, gapOf, prolonged, elsewhere, emit),
  );
}

/** Takes into a session those before it in time that reach up to `timestamp`. What came first stays first. */
function joinOlder(session: Session, contents: Contents, timestamp: number): void {
  let older = session.next;
  while (older !== undefined && older.end >= timestamp) {
    if (older.first < session.first) {
      contents.merge(older.contents, session.contents);
      session.contents = older.contents;
      session.first = older.first;
    } else {
      contents.merge(session.contents, older.contents);
    }
    if (older.start < session.start) session.start = older.start;
    if (older.end > session.end) session.end = older.end;
    older = older.next;
  }
  session.next = older;
}

/** The sessions of a key: how many, then each, the newest first. */
function sessionEntries(contents: Contents, create: CreateSession): EntryCodec<Session> {
  const shape = `sessions of ${contents.signature}`;
  return {
    shape,
    values: { version: 1, direct: true },
    write(writer, newest) {
      let count = 0;
      for (let session: Session | undefined = newest; session !== undefined; session = session.next) count++;
      writer.varint(count);
      for (let session: Session | undefined = newest; session !== undefined; session = session.next) {
        writer.float64(session.start);
        writer.float64(session.end);
        writer.varint(session.first);
        contents.write(writer, session.contents);
      }
    },
    read(reader, written) {
      if (written !== shape) throw otherSignature(shape, written);
      let newest: Session | undefined;
      let last: Session | undefined;
      for (let left = reader.varint(); left > 0; left--) {
        const session = create(reader.float64(), reader.float64(), reader.varint(), contents.read(reader), undefined);
        if (last === undefined) newest = session;
        else last.next = session;
        last = session;
      }
      return newest;
    },
    inspect(newest) {
      const windows: unknown[] = [];
      for (let session: Session | undefined = newest; session !== undefined; session = session.next) {
        const { start, end } = session;
        windows.unshift({ window: { start, end }, contents: contents.inspect(session.contents) });
      }
      return windows;
    },
  };
}
