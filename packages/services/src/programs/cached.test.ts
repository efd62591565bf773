import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cached } from './cached.js';

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'sluice-cached-'));
  process.env.SLUICE_SERVICES_FOLDER = parent;
});

afterEach(() => {
  delete process.env.SLUICE_SERVICES_FOLDER;
  rmSync(parent, { recursive: true });
});

describe('programs that are downloaded', () => {
  it('are made once, and one that broke half way, or was killed, is made again from the beginning', async () => {
    const killed = join(parent, 'cache', 'tool.unfinished-1');
    mkdirSync(killed, { recursive: true });
    const breaks = cached('tool', async (unfinished) => {
      writeFileSync(join(unfinished, 'half'), '');
      throw new Error('connection lost');
    });
    await expect(breaks).rejects.toThrow('connection lost');
    let made = 0;
    const make = async (unfinished: string) => {
      expect(readdirSync(unfinished)).toEqual([]);
      writeFileSync(join(unfinished, 'whole'), String(++made));
    };
    const found = await Promise.all([cached('tool', make), cached('tool', make)]);
    expect([made, ...found.map((path) => readdirSync(path))]).toEqual([1, ['whole'], ['whole']]);
    expect(readdirSync(join(parent, 'cache'))).toEqual(['tool']);
  });
});
