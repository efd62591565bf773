import { spawnSync } from 'node:child_process';

/** What to add to the options of `spawn` so that the server's programs run as the account that may run them. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** The account the server runs as: one's own, and for root (which Postgres refuses) `postgres`, or else `nobody`. */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(
    'Postgres does not run as root, and this machine has neither a user "postgres" nor "nobody". ' +
      'Add one (useradd --system postgres), run as an ordinary user, or set DATABASE_URL.',
  );
}

function idOf(which: '-u' | '-g', name: string): number | undefined {
  const answer = spawnSync('id', [which, name], { encoding: 'utf8' });
  const id = Number.parseInt(answer.stdout ?? '', 10);
  return answer.status === 0 && id > 0 ? id : undefined;
}

/** Runs a program as the account, from `/`: a working directory that it cannot enter stops Postgres. */
export function runAs(
  account: Account,
  program: string,
  parameters: readonly string[],
): { ok: boolean; output: string } {
  const answer = spawnSync(program, parameters, { ...account, cwd: '/', encoding: 'utf8' });
  const output = `${answer.stdout ?? ''}${answer.stderr ?? ''}${answer.error?.message ?? ''}`;
  return { ok: answer.status === 0, output };
}
