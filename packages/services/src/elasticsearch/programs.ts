import { cp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run.js';
import { cached } from '../programs/cached.js';
import { downloadArchive } from '../programs/maven.js';
import type { ServerSite } from '../service.js';

const VERSION = '8.19.0';

/** The folder of the distribution that Elastic publishes for tests; a copy of it where the server's account cannot read the first. */
export async function elasticsearchFolder({ home, account }: ServerSite): Promise<string> {
  const folder = await cached(`elasticsearch-${VERSION}`, async (unfinished) => {
    await downloadArchive(
      { groupId: 'org.elasticsearch.distribution.integ-test-zip', artifactId: 'elasticsearch', version: VERSION },
      'zip',
      unfinished,
    );
    // An umask may have kept everybody else out.
    const { ok, output } = await run('chmod', ['-R', 'a+rX', unfinished]);
    if (!ok) throw new Error(output);
  });
  const distribution = join(folder, `elasticsearch-${VERSION}`);
  const readable = async (path: string): Promise<boolean> =>
    (await run('sh', ['-c', 'cat "$1" > /dev/null', 'sh', join(path, 'bin/elasticsearch')], { account })).ok;
  if (account.uid === undefined || (await readable(distribution))) return distribution;
  const copy = join(home, 'programs');
  if (!(await readable(copy))) {
    const unfinished = `${copy}-${process.pid}`;
    await rm(copy, { recursive: true, force: true });
    await cp(distribution, unfinished, { recursive: true });
    await rename(unfinished, copy);
  }
  return copy;
}
