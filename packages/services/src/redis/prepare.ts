import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run.js';
import { aptInstall } from '../programs/apt.js';
import type { ServerCommand, ServerSite, Settings } from '../service.js';

/** The machine's own program, or Debian's. */
const PROGRAM = 'redis-server';

export async function prepareRedis({ home, ports, settings }: ServerSite): Promise<ServerCommand> {
  if (!(await run(PROGRAM, ['--version'])).ok) await aptInstall([PROGRAM], 'Redis');
  const data = join(home, 'data');
  await mkdir(data, { recursive: true });
  const all: Settings = {
    bind: '127.0.0.1',
    port: Number(ports[0]),
    dir: data,
    // Everything that was answered survives a kill.
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    ...settings,
  };
  return {
    endpoint: `redis://127.0.0.1:${ports[0]}`,
    program: PROGRAM,
    parameters: Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]),
  };
}
