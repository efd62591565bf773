import { otherSignature } from '../aggregates/fields.js';
import type { EntryCodec } from '../state/entry-codec.js';
import type { Contents } from './window-contents.js';
import type { CreateSession, Session, SessionRows } from './window-sessions-rows.js';

/** The sessions of a key: how many, then each, the newest first. What is read is not in the rows yet. */
export function sessionEntries(contents: Contents, create: CreateSession, rows: SessionRows): EntryCodec<Session> {
  const shape = `sessions of ${contents.signature}`;
  return {
    shape,
    values: { version: 1, direct: true },
    write(writer, newest) {
      rows.current(newest);
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
        const session = create(reader.float64(), reader.float64(), reader.varint(), contents.read(reader));
        if (last === undefined) newest = session;
        else last.next = session;
        last = session;
      }
      return newest;
    },
    inspect(newest) {
      rows.current(newest);
      const windows: unknown[] = [];
      for (let session: Session | undefined = newest; session !== undefined; session = session.next) {
        const { start, end } = session;
        windows.unshift({ window: { start, end }, contents: contents.inspect(session.contents) });
      }
      return windows;
    },
  };
}
