import { closeSync, openSync, writeSync } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type FlightColumns, readFlights } from './flight-columns.js';
import { fnv1a } from './fnv1a.js';
import { knownOrder } from './known-order.js';

/** The NDJSON files that the job reads. */
export interface FlightLog {
  readonly paths: readonly string[];
  readonly events: number;
}

export interface FlightLogOptions {
  /** Kept between runs; each combination of `events` and `files` has a folder of its own in it. */
  readonly directory: string;
  /** Take the first so many rows of the data set. */
  readonly events?: number | undefined;
  /** A flight goes to the file `fnv1a(origin) % files`. Default 4. */
  readonly files?: number;
}

/** Part of the stamp: raise it when the content of the files changes. */
const layout = 'vega-datasets@3.2.1 / 1';

/** Writes the flights as NDJSON in the order in which they became known, or answers the files of an earlier call. */
export async function flightLog({ directory, events, files = 4 }: FlightLogOptions): Promise<FlightLog> {
  const folder = join(directory, `${events ?? 'all'}-in-${files}`);
  const paths = Array.from({ length: files }, (_, file) => join(folder, `flights-${file}.ndjson`));
  const stampFile = join(folder, 'stamp.json');
  const known = await readStamp(stampFile);
  if (known !== undefined && known.layout === layout && (await sizesOf(paths)).join() === known.bytes.join()) {
    return { paths, events: known.events };
  }
  const flights = await readFlights(events);
  const unfinished = `${folder}-${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const bytes = writeLines(
    flights,
    paths.map((path) => path.replace(folder, unfinished)),
  );
  const stamp: Stamp = { layout, events: flights.rows, bytes };
  await writeFile(stampFile.replace(folder, unfinished), JSON.stringify(stamp));
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  return { paths, events: flights.rows };
}

interface Stamp {
  readonly layout: string;
  readonly events: number;
  readonly bytes: readonly number[];
}

async function readStamp(path: string): Promise<Stamp | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Stamp;
  } catch {
    return undefined;
  }
}

function sizesOf(paths: readonly string[]): Promise<number[]> {
  return Promise.all(
    paths.map((path) =>
      stat(path).then(
        (found) => found.size,
        () => -1,
      ),
    ),
  );
}

/** Characters (all of one byte) to gather before a write. */
const chunk = 1 << 20;

function writeLines(flights: FlightColumns, paths: readonly string[]): number[] {
  const { minute, delay, distance, origin, destination, airports } = flights;
  const names = airports.map((airport) => JSON.stringify(airport));
  const fileOf = Uint8Array.from(airports, (airport) => fnv1a(airport) % paths.length);
  const handles = paths.map((path) => openSync(path, 'w'));
  const pending = paths.map(() => '');
  const bytes = paths.map(() => 0);
  const flush = (file: number): void => {
    bytes[file] = (bytes[file] as number) + writeAll(handles[file] as number, Buffer.from(pending[file] as string));
    pending[file] = '';
  };
  try {
    for (const row of knownOrder(flights)) {
      const from = origin[row] as number;
      const file = fileOf[from] as number;
      pending[file] +=
        `{"id":${row},"date":${(minute[row] as number) * 60_000},"delay":${delay[row]},"distance":${distance[row]},` +
        `"origin":${names[from]},"destination":${names[destination[row] as number]}}\n`;
      if ((pending[file] as string).length > chunk) flush(file);
    }
    for (const file of handles.keys()) flush(file);
  } finally {
    for (const handle of handles) closeSync(handle);
  }
  return bytes;
}

function writeAll(handle: number, buffer: Buffer): number {
  let written = 0;
  while (written < buffer.length) written += writeSync(handle, buffer, written);
  return written;
}
