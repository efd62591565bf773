import type { StreamObserver } from '../stream/element.js';
import type { OperatorContext } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { KeyedControl, keyedInput, openStore } from './keyed-operator.js';
import { TimerQueue } from './timer-queue.js';
import type { WindowConsumer } from './window-consumer.js';
import { type Arrivals, type Contents, contentsOf } from './window-contents.js';
import { type LateElements, noTimestamps } from './window-late.js';
import { sessionEntries } from './window-sessions-codec.js';
import { sessionNext } from './window-sessions-next.js';
import { type Session, SessionRows, sessionNode } from './window-sessions-rows.js';

export interface Sessions {
  readonly gapOf: number | ((value: never) => number);
  readonly allowedLateness: number;
}

/** Sessions that are kept for new ones: some megabytes. */
const MOST_SPARE = 65_536;

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
  const rows = new SessionRows();
  const { store, table, header } = openStore(context, 'windows', sessionEntries(contents, createSession, rows));
  const { keys } = store;
  const queue = new TimerQueue();
  const spare: Session[] = [];

  /** Until a session fires, the next thing to happen to it is that; then that it is forgotten. */
  const nextTime = (end: number): number => (end - 1 > control.watermark ? end - 1 : end - 1 + allowedLateness);

  const emit = (id: number, { start, end, contents: held }: Session): void => {
    contents.emit(keys.keyOf(id), { start, end }, held, end - 1);
  };

  const open = (start: number, end: number): Session => {
    const session = spare.pop();
    if (session === undefined) return createSession(start, end, arrivals.next++, contents.create());
    session.start = start;
    session.end = end;
    session.first = arrivals.next++;
    contents.clear(session.contents);
    return session;
  };

  /** Sessions are used again: they live too long for the collector to be cheap. */
  const dismiss = (session: Session): void => {
    session.next = undefined;
    if (spare.length < MOST_SPARE) spare.push(session);
  };

  const keep = (id: number, newest: Session): void => {
    table.set(id, newest);
    rows.keep(id, newest);
  };

  /** An element that is not in the newest session, nor prolongs it: it may be late, open a session, or join several. */
  const elsewhere = (id: number, value: unknown, timestamp: number, end: number): void => {
    if (Number.isNaN(timestamp)) throw noTimestamps(context.name);
    const newest = rows.current(table.getForUpdate(id));
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
      const next = session;
      session = open(timestamp, end);
      session.next = next;
    } else {
      keys.endTurn(id);
      if (timestamp + allowedLateness <= control.watermark) late(value, timestamp);
      return;
    }
    contents.add(session.contents, value, timestamp);
    if (before === undefined) {
      keep(id, session);
    } else {
      before.next = session;
      keep(id, newest as Session);
    }
    queue.want(id, nextTime(session.end));
    if (session.end - 1 <= control.watermark) emit(id, session);
  };

  /** An element has come to a session that has fired: it may not be over any more, else it fires again. */
  const again = (id: number, wasLast: number): void => {
    const session = rows.current(table.get(id)) as Session;
    if (session.end - 1 > wasLast) queue.want(id, nextTime(session.end));
    if (session.end - 1 <= control.watermark) emit(id, session);
  };

  const fireEvent = (watermark: number): boolean => {
    const id = queue.take(watermark);
    if (id < 0) return false;
    const { time } = queue;
    if (time < Number.POSITIVE_INFINITY) control.fired = time;
    const end = rows.ends[id] as number;
    // Prolonged since it was put into the queue.
    if (rows.alone[id] === 1 && end - 1 > time) {
      queue.want(id, end - 1);
      return true;
    }
    let newest = rows.current(table.getForUpdate(id));
    let before: Session | undefined;
    for (let session = newest; session !== undefined; ) {
      const { next }: Session = session;
      const last = session.end - 1;
      if (last === time) emit(id, session);
      if (last + allowedLateness > time) {
        before = session;
        queue.want(id, last > time ? last : last + allowedLateness);
      } else {
        if (before === undefined) newest = next;
        else before.next = next;
        dismiss(session);
      }
      session = next;
    }
    if (newest !== undefined) {
      keep(id, newest);
    } else {
      table.delete(id);
      rows.delete(id);
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
      const newest = table.get(id);
      if (newest !== undefined) rows.keep(id, newest);
      for (let session = newest; session !== undefined; session = session.next) queue.want(id, nextTime(session.end));
    }
  }
  const { inputKey } = context;
  return keyedInput(
    control,
    specialise(sessionNext)(inputKey, keys, table, control, contents, rows, gapOf, again, elsewhere),
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
