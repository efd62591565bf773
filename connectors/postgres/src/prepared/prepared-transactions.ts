import { runOfGid } from '../recovery/gid.js';
import { type SinkIdentity, sinkHash } from '../recovery/identity.js';
import type { Session } from '../server/session.js';

export interface PreparedTransaction {
  readonly gid: string;
  readonly incarnationHash: string;
  readonly epoch: number;
}

/**
 * Those of this sink, from whatever run and under whatever prefix, oldest first. Other databases of the same server show theirs in the
 * same view.
 */
export async function preparedTransactions(
  session: Session,
  identity: Pick<SinkIdentity, 'job' | 'sink'>,
): Promise<readonly PreparedTransaction[]> {
  const { rows } = await session.query<{ gid: string }>(
    `SELECT gid FROM pg_catalog.pg_prepared_xacts
      WHERE database = current_database() AND split_part(gid, '_', 2) = $1 ORDER BY prepared, gid`,
    [sinkHash(identity)],
  );
  return rows.flatMap(({ gid }) => {
    const run = runOfGid(gid);
    return run ? [{ gid, ...run }] : [];
  });
}
