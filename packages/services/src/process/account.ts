import { type Account, run } from './run.js';

/** The account of servers that refuse to run as root: one's own, and for root `postgres`, or else `nobody`. */
export async function ordinaryAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)]);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error(
    'PostgreSQL and Elasticsearch do not run as root, and this machine has neither a user "postgres" nor "nobody". ' +
      'Add one (useradd --system postgres), or run this as an ordinary user.',
  );
}

async function idOf(which: '-u' | '-g', name: string): Promise<number | undefined> {
  const { ok, said } = await run('id', [which, name]);
  const id = Number.parseInt(said, 10);
  return ok && id > 0 ? id : undefined;
}
