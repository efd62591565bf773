import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessMark } from '../process/identity.js';
import type { ServiceName } from '../service.js';

/** What a server's folder says of it; with the endpoint, it may hold a password. */
export interface ServerState {
  readonly service: ServiceName;
  readonly endpoint: string;
  readonly ports: readonly number[];
  /** Of the server's last start. */
  readonly process?: ProcessMark;
}

const fileOf = (home: string): string => join(home, 'server.json');

export function readState(home: string): ServerState | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(home), 'utf8')) as ServerState;
  } catch {
    return undefined;
  }
}

/** Without waiting, so that nothing comes between a server's start and the note of its process. */
export function writeState(home: string, state: ServerState): void {
  const unfinished = `${fileOf(home)}-${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(state), { mode: 0o600 });
  renameSync(unfinished, fileOf(home));
}
