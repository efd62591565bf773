import { type Codec, defineCodec, SluiceError } from '@sluice/connector-sdk';
import type { BufferedEpoch, PostgresCommittable, RowTarget, TargetColumn } from './committable.js';
import { isColumnMode } from './encode/column-mode.js';
import type { RowChunk } from './encode/row-chunk.js';
import { isGid } from './recovery/gid.js';
import type { TransactionIdentity } from './recovery/identity.js';
import { isIdentifier } from './server/identifier.js';

/** What stands before the arrays, as JSON: length in four bytes, then the text. The arrays follow, one after the other. */
type Header =
  | { readonly kind: 'prepared'; readonly transaction: TransactionIdentity; readonly gid: string }
  | {
      readonly kind: 'buffered';
      readonly transaction: TransactionIdentity;
      readonly target: RowTarget;
      readonly chunks: readonly {
        readonly rows: number;
        readonly modes: RowChunk['modes'];
        readonly lengths: readonly number[];
      }[];
    };

/** Checkpoints are data from outside: names are checked as options are, and lengths before anything is cut. */
export const committableCodec: Codec<PostgresCommittable> = defineCodec({
  version: 1,
  encode(committable) {
    const header = Buffer.from(JSON.stringify(headerOf(committable)));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(header.length);
    const arrays = committable.kind === 'buffered' ? committable.chunks.flatMap((chunk) => chunk.arrays) : [];
    return Buffer.concat([length, header, ...arrays]);
  },
  decode(version, bytes) {
    if (version !== 1) throw unreadable(`version ${version}`);
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const end = view.length < 4 ? Number.NaN : 4 + view.readUInt32LE(0);
    if (!(end <= view.length)) throw unreadable('too few bytes');
    const header = parse(view.toString('utf8', 4, end));
    if (header.kind === 'prepared') return header;
    const chunks: RowChunk[] = [];
    let at = end;
    for (const { rows, modes, lengths } of header.chunks) {
      const arrays = lengths.map((length) => {
        at += length;
        return view.subarray(at - length, at);
      });
      chunks.push({ rows, modes, arrays });
    }
    if (at !== view.length) throw unreadable('another number of bytes than its header says');
    return { kind: 'buffered', transaction: header.transaction, target: header.target, chunks };
  },
});

function headerOf(committable: PostgresCommittable): Header {
  if (committable.kind === 'prepared') return committable;
  const { kind, transaction, target }: BufferedEpoch = committable;
  const chunks = committable.chunks.map(({ rows, modes, arrays }) => ({
    rows,
    modes,
    lengths: arrays.map((a) => a.length),
  }));
  return { kind, transaction, target, chunks };
}

function parse(json: string): Header {
  let header: unknown;
  try {
    header = JSON.parse(json);
  } catch {
    throw unreadable('a header that is no JSON');
  }
  if (!isHeader(header)) throw unreadable('a header of another shape');
  return header;
}

function isHeader(value: unknown): value is Header {
  if (!isRecord(value) || !isTransaction(value.transaction)) return false;
  if (value.kind === 'prepared') return isGid(value.gid);
  const { target, chunks } = value;
  return (
    value.kind === 'buffered' &&
    isTarget(target) &&
    isList(chunks, (chunk) => isChunkHeader(chunk, target.columns.length))
  );
}

function isTransaction(value: unknown): value is TransactionIdentity {
  return (
    isRecord(value) &&
    ['job', 'sink', 'incarnation'].every((name) => typeof value[name] === 'string') &&
    ['epoch', 'subtask', 'checkpoint'].every((name) => isCount(value[name]))
  );
}

function isTarget(value: unknown): value is RowTarget {
  if (!isRecord(value)) return false;
  return (
    isList(value.table, isName) &&
    isList(value.columns, isColumn) &&
    isList(value.upsertOn, isName) &&
    value.columns.length > 0
  );
}

function isColumn(value: unknown): value is TargetColumn {
  return isRecord(value) && isName(value.name) && isList(value.type, isName) && value.type.length === 2;
}

function isChunkHeader(value: unknown, width: number): boolean {
  if (!isRecord(value)) return false;
  const { rows, modes, lengths } = value;
  return (
    isCount(rows) &&
    isList(modes, isColumnMode) &&
    isList(lengths, isCount) &&
    modes.length === width &&
    lengths.length === width
  );
}

function isList<T>(value: unknown, each: (item: unknown) => item is T): value is readonly T[];
function isList(value: unknown, each: (item: unknown) => boolean): value is readonly unknown[];
function isList(value: unknown, each: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(each);
}

const isName = (value: unknown): value is string => typeof value === 'string' && isIdentifier(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

function unreadable(actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_COMMITTABLE',
    component: 'postgresSink',
    expected: 'a committable as this sink writes it, version 1',
    actual,
    remedy:
      'restore with the version of @sluice/postgres that wrote the checkpoint, and give the operator to the sink that it was of',
  });
}
