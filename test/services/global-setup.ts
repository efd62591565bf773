import { stopWhenUnused } from './test-users.js';

/** For vitest's `globalSetup`: what tests start, the last of them stops. Nothing is started here, since most runs need no service. */
export function setup(): () => Promise<void> {
  return stopWhenUnused;
}
