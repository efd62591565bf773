import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { SinkHarness } from './sink-harness.js';

/** A tablespace on a disk of its own, with room for next to nothing. */
export interface SmallDisk {
  readonly tablespace: string;
  remove(): Promise<void>;
}

const MEGABYTES = 2;

/** Undefined where the server is elsewhere or the machine lets us mount nothing. */
export async function smallDisk(harness: SinkHarness): Promise<SmallDisk | undefined> {
  const [setting] = await harness.sql<{ data_directory: string }>('SHOW data_directory');
  const data = setting?.data_directory ?? '';
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync(data)) return undefined;
  const folder = mkdtempSync(join('/tmp', 'sluice-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${MEGABYTES}m`, 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  const { uid, gid } = statSync(data);
  chownSync(folder, uid, gid);
  chmodSync(folder, 0o700);
  const tablespace = `${harness.schema}_disk`;
  await harness.sql(`CREATE TABLESPACE ${tablespace} LOCATION '${folder}'`);
  return {
    tablespace,
    async remove() {
      await harness.sql(`DROP TABLESPACE ${tablespace}`);
      execFileSync('umount', [folder], { stdio: 'ignore' });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
