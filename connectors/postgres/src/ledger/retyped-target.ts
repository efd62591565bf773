import type { RowTarget } from '../committable.js';
import { describeTable } from '../server/describe-table.js';
import type { Session } from '../server/session.js';

/**
 * The target with the types that its columns have now; undefined when they are those that the rows were encoded for. A text that was no
 * value of its column may be one after an ALTER TABLE, and the rows that a checkpoint holds cannot be encoded again.
 */
export async function retypedTarget(session: Session, target: RowTarget): Promise<RowTarget | undefined> {
  const found = await describeTable(session, target.table);
  const columns = target.columns.map((column) => {
    const now = found?.columns.find(({ name }) => name === column.name)?.type ?? column.type;
    return { ...column, type: now };
  });
  const isChanged = columns.some(({ type }, i) => type.join('.') !== target.columns[i]?.type.join('.'));
  return isChanged ? { ...target, columns } : undefined;
}
