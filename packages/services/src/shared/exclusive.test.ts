import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { markOf } from '../process/identity.js';
import { exclusive } from './exclusive.js';

describe('exclusive', () => {
  it('lets one in at a time, and takes the place of the dead', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-exclusive-'));
    const lock = join(folder, 'lock');
    const child = spawn('true');
    const mark = markOf(child.pid ?? 0);
    await once(child, 'exit');
    writeFileSync(lock, JSON.stringify(mark));
    let inside = 0;
    const visits = Array.from({ length: 5 }, () =>
      exclusive(lock, async () => {
        expect(++inside).toBe(1);
        await new Promise((done) => setTimeout(done, 5));
        inside--;
      }),
    );
    await Promise.all(visits);
    rmSync(folder, { recursive: true });
  });
});
