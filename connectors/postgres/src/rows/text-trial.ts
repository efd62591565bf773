import type { Clock } from '@sluice/connector-sdk';
import { ColumnArray } from '../encode/column-array.js';
import { ELEMENT_TYPES } from '../encode/column-mode.js';
import type { Doubt } from '../encode/doubt.js';
import { valueRefused } from '../encode/value-refused.js';
import type { TableColumn, TextInput } from '../server/column-type.js';
import { describeTable } from '../server/describe-table.js';
import { failureOf, isPassing, type PostgresFailure } from '../server/failure.js';
import { type QualifiedName, quoteName } from '../server/identifier.js';
import type { Session } from '../server/session.js';
import type { Sessions } from '../server/sessions.js';
import { statementFailure } from '../server/statement-failure.js';

/** How often it is tried, when the server does not answer, and how long is waited between. */
const ATTEMPTS = 5;
const FIRST_DELAY = 100;

export interface TrialParts {
  readonly component: string;
  readonly table: QualifiedName;
  readonly columns: readonly TableColumn[];
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * Has the server read texts before the checkpoint that nobody else can vouch for: behind it, one that is no value of its column would hold
 * its epoch up for ever. They are read by the very functions of their types, with length, precision and the constraints of domains; nothing
 * is written. One question for an epoch, unless something is refused: then halves are asked for until it is found.
 *
 * Answers what is refused, with the reason, in the order of the doubts.
 */
export async function refusedTexts<T>(
  parts: TrialParts,
  doubts: readonly Doubt<T>[],
): Promise<ReadonlyMap<Doubt<T>, Error>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const session = await parts.sessions.take();
      try {
        return await refusedIn(session, parts, doubts);
      } finally {
        await parts.sessions.giveBack(session);
      }
    } catch (error) {
      if (!isPassing(error) || attempt >= ATTEMPTS)
        throw statementFailure(parts.component, 'the server to read texts before the checkpoint', error);
      await parts.clock.sleep(FIRST_DELAY * 2 ** attempt, parts.signal);
    }
  }
}

async function refusedIn<T>(
  session: Session,
  parts: TrialParts,
  doubts: readonly Doubt<T>[],
): Promise<ReadonlyMap<Doubt<T>, Error>> {
  const texts = textsByColumn(doubts);
  const asked = (columns: readonly TableColumn[]): Asked[] =>
    [...texts].flatMap(([column, own]) => {
      const input = columns[column]?.input;
      return input === undefined ? [] : [{ column, input, texts: [...own] }];
    });
  if ((await refusal(session, asked(parts.columns))) === undefined) return new Map();
  // The table may have been altered since it was looked at: then its columns are of other types now.
  const columns = await columnsNow(session, parts);
  const reasons = new Map<number, ReadonlyMap<string, PostgresFailure>>();
  for (const each of asked(columns)) reasons.set(each.column, await search(session, parts.signal, each));
  const refused = new Map<Doubt<T>, Error>();
  const rows = new Set<string>();
  for (const doubt of doubts) {
    const cause = reasons.get(doubt.column)?.get(doubt.text);
    const row = `${doubt.chunk} ${doubt.row}`;
    if (cause === undefined || rows.has(row)) continue;
    rows.add(row);
    const column = columns[doubt.column] as TableColumn;
    refused.set(
      doubt,
      valueRefused(parts.component, column, `a text that the server refuses: ${cause.message}`, cause),
    );
  }
  return refused;
}

interface Asked {
  readonly column: number;
  readonly input: TextInput;
  readonly texts: readonly string[];
}

/** Each text once: what is often there is asked for once. */
function textsByColumn<T>(doubts: readonly Doubt<T>[]): ReadonlyMap<number, ReadonlySet<string>> {
  const texts = new Map<number, Set<string>>();
  for (const { column, text } of doubts) {
    const own = texts.get(column);
    if (own === undefined) texts.set(column, new Set([text]));
    else own.add(text);
  }
  return texts;
}

async function columnsNow(session: Session, { table, columns }: TrialParts): Promise<readonly TableColumn[]> {
  const found = await describeTable(session, table);
  return columns.map((column) => found?.columns.find(({ name }) => name === column.name) ?? column);
}

/** What the server has against these texts; undefined when it takes them all. */
async function refusal(session: Session, asked: readonly Asked[]): Promise<PostgresFailure | undefined> {
  if (asked.length === 0) return undefined;
  const counts = asked.map(({ input }, i) => {
    const read = `${quoteName(input.name)}(${['pg_catalog.textout(v)', ...input.more].join(', ')})`;
    return `(SELECT count(${read}) FROM unnest($${i + 1}::text[]) AS r(v))`;
  });
  try {
    await session.query(
      `SELECT ${counts.join(', ')}`,
      asked.map(({ texts }) => arrayOf(texts)),
    );
    return undefined;
  } catch (error) {
    if (isPassing(error)) throw error;
    return failureOf(error);
  }
}

function arrayOf(texts: readonly string[]): Buffer {
  const array = new ColumnArray(ELEMENT_TYPES.text);
  for (const text of texts) array.text(text);
  return array.take(texts.length);
}

/** Each text that is refused, with the reason. */
async function search(
  session: Session,
  signal: AbortSignal,
  asked: Asked,
): Promise<ReadonlyMap<string, PostgresFailure>> {
  const found = new Map<string, PostgresFailure>();
  // What fails without any text has nothing to do with them.
  const other = await refusal(session, [{ ...asked, texts: [] }]);
  if (other !== undefined) throw other;
  const among = async (texts: readonly string[]): Promise<void> => {
    signal.throwIfAborted();
    const reason = await refusal(session, [{ ...asked, texts }]);
    const [first] = texts;
    if (reason === undefined || first === undefined) return;
    if (texts.length === 1) {
      found.set(first, reason);
      return;
    }
    const middle = texts.length >> 1;
    await among(texts.slice(0, middle));
    await among(texts.slice(middle));
  };
  await among(asked.texts);
  return found;
}
