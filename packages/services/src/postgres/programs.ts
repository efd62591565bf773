import type { Account } from '../process/run.js';
import { run } from '../process/run.js';

/** The paths of the server's programs. */
export interface Programs {
  readonly initdb: string;
  readonly postgres: string;
}

/** Why the account cannot run them; nothing when it can. */
export async function problemOf({ postgres, initdb }: Programs, account: Account): Promise<string | undefined> {
  for (const program of [postgres, initdb]) {
    const { ok, output } = await run(program, ['--version'], { account });
    if (!ok) return output.trim() || `${program} cannot be run`;
  }
  return undefined;
}
