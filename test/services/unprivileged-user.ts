import { execFileSync, spawnSync } from 'node:child_process';

/** PostgreSQL refuses to run as root; this is whom to run it as. `{}` where this process is not root. */
export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
}

function idOf(user: string): RunAs | undefined {
  try {
    const read = (flag: string) =>
      Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: read('-u'), gid: read('-g') };
  } catch {
    return undefined;
  }
}

/** Nobody is created: `postgres` where it exists, else `nobody`, which every Unix has. */
export function unprivilegedUser(): RunAs {
  if (process.getuid?.() !== 0) return {};
  const found = idOf('postgres') ?? idOf('nobody');
  if (!found)
    throw new Error('PostgreSQL cannot run as root, and neither a user `postgres` nor `nobody` exists to run it as.');
  return found;
}

/** Whether that user can pass through every folder above `path` and read it: a checkout below a 0700 folder fails here. */
export function canReach(user: RunAs, path: string): boolean {
  if (user.uid === undefined) return true;
  return (
    spawnSync('test', ['-r', path], { uid: user.uid, ...(user.gid === undefined ? {} : { gid: user.gid }) }).status ===
    0
  );
}
