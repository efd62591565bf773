import { mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Flight } from './flight.js';
import { flightLog } from './flight-log.js';
import { fnv1a } from './fnv1a.js';

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-flights-'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function linesOf(path: string): Promise<Flight[]> {
  const text = await readFile(path, 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Flight);
}

it('writes the first rows, each once, by origin into four files, in the order in which they became known', async () => {
  const log = await flightLog({ directory, events: 2_000 });
  expect(log.events).toBe(2_000);
  const files = await Promise.all(log.paths.map(linesOf));
  expect(files.map((flights) => flights.length > 0)).toEqual([true, true, true, true]);
  expect(
    files
      .flat()
      .map((flight) => flight.id)
      .sort((a, b) => a - b),
  ).toEqual(Array.from({ length: 2_000 }, (_, id) => id));
  for (const [file, flights] of files.entries()) {
    expect(flights.every((flight) => fnv1a(flight.origin) % 4 === file)).toBe(true);
    const order = flights.map((flight) => [flight.date + flight.delay * 60_000, flight.id] as const);
    expect(order).toEqual(order.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]));
  }
  const first = files.flat().find((flight) => flight.id === 0);
  expect(first).toEqual({
    id: 0,
    date: Date.UTC(2001, 0, 1, 0, 1),
    delay: 33,
    distance: 2176,
    origin: 'LAS',
    destination: 'PHL',
  });
});

it('answers the files of an earlier call, and writes them again when they were damaged', async () => {
  const log = await flightLog({ directory, events: 500, files: 1 });
  const path = log.paths[0] as string;
  const { mtimeMs, size } = await stat(path);
  expect(await flightLog({ directory, events: 500, files: 1 })).toEqual(log);
  expect((await stat(path)).mtimeMs).toBe(mtimeMs);

  await truncate(path, size - 10);
  await flightLog({ directory, events: 500, files: 1 });
  expect((await stat(path)).size).toBe(size);
});
