import type { RowTarget } from '../committable.js';
import type { RowChunk } from '../encode/row-chunk.js';
import type { SharedTransaction } from '../server/resource.js';
import { insertStatement } from './insert-statement.js';

/** Nothing is named or prepared in the session, so this works through poolers that change it between transactions. */
export async function insertRows(session: SharedTransaction, target: RowTarget, chunk: RowChunk): Promise<void> {
  await session.query(insertStatement(target, chunk.modes), chunk.arrays);
}
