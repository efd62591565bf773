import { join } from 'node:path';
import { callbackSink, createJob, json, to } from '@sluice/core';
import { fileSource } from '@sluice/file';
import { expect, it } from 'vitest';
import type { Flight } from '../data/flight.js';
import { flightLog } from '../data/flight-log.js';
import { demoFolder } from '../demo/workspace.js';
import { readFlightTable } from '../verify/flight-table.js';
import { flightStreams } from './streams.js';

it('sends from one file with all 3,000,000 flights exactly those to the late output that a plain scan finds late', async () => {
  const log = await flightLog({ directory: join(demoFolder, 'data'), files: 1 });
  const late = new Set<number>();
  let lateCount = 0;
  let onTime = 0;
  let alerts = 0;
  const streams = flightStreams(fileSource({ paths: log.paths, value: json<Flight>() }));
  const counted = new Map<string, number>();
  const job = createJob('one-file', [
    streams.late$.pipe(
      to(
        callbackSink((flight) => {
          lateCount++;
          late.add(flight.id);
        }),
      ),
    ),
    streams.departures$.pipe(
      to(
        callbackSink(({ key, window, value }) => {
          const name = `${key} ${window.start}`;
          onTime += value.flights - (counted.get(name) ?? 0);
          counted.set(name, value.flights);
        }),
      ),
    ),
    streams.alerts$.pipe(
      to(
        callbackSink(() => {
          alerts++;
        }),
      ),
    ),
  ]);
  await job.run();

  // In one file nothing depends on how files are read side by side: what may be late is late.
  const { mayBeLate } = await readFlightTable(log.paths, log.events);
  expect(lateCount).toBe(22_112);
  expect(late.size).toBe(22_112);
  expect([...late].every((id) => mayBeLate[id] === 1)).toBe(true);
  expect(mayBeLate.reduce((sum, one) => sum + one, 0)).toBe(22_112);
  expect(onTime).toBe(3_000_000 - 22_112);
  expect(alerts).toBe(14_162);
}, 300_000);
