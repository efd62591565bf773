import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConformanceItem, type SinkConformanceOptions, sinkConformance } from '@sluice/conformance';
import { type FileSinkOptions, fileSink, ndjson } from '@sluice/file';
import { isProofChild } from '../proof-child.js';

/** Part files: what begins with a dot or an underscore is not for readers. */
function partsIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => !/^[._]/.test(name))
    .sort();
}

/** What runs that were replaced have left in their folders. Parts of the newest one may be open: they outlive epochs, and even one that is aborted. */
function leftoversIn(directory: string): string[] {
  const hidden = join(directory, '.sluice-parts');
  if (!existsSync(hidden)) return [];
  const files = readdirSync(hidden, { recursive: true, encoding: 'utf8' });
  const parts = files.flatMap((path) => {
    const [, epoch] = /[/\\](\d+)-\d+[/\\]/.exec(path) ?? [];
    return epoch === undefined ? [] : [{ path, epoch: Number(epoch) }];
  });
  const newest = Math.max(...parts.map(({ epoch }) => epoch));
  return parts.filter(({ epoch }) => epoch < newest).map(({ path }) => path);
}

function fileSinkProof(everyCheckpoint: boolean): SinkConformanceOptions {
  const directoryOf = ({ folder }: { readonly folder: string }): string => join(folder, 'parts');
  const options = (directory: string): FileSinkOptions<ConformanceItem> => ({
    directory,
    format: ndjson<ConformanceItem>(),
    roll: everyCheckpoint ? { everyCheckpoint } : { maxBytes: 2_000 },
  });
  return {
    name: `fileSink, ${everyCheckpoint ? 'a part for each checkpoint' : 'parts that stay open over checkpoints'}`,
    module: import.meta.url,
    guarantee: 'transactional',
    capabilities: {
      order: true,
      rescale: 'it takes over the folders of its own subtask, and a job has one',
      connections: 'a directory has no connection to lose',
    },
    // It is full at 8 MiB that are on their way.
    fullWithin: 400_000,
    create: (place) => fileSink(options(directoryOf(place))),
    setUp: async (place) => void mkdirSync(directoryOf(place)),
    async readBack(place) {
      const directory = directoryOf(place);
      const lines = partsIn(directory).flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'));
      return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as ConformanceItem);
    },
    invalidOptions: {
      'no directory': () => fileSink(options('')),
      'no format': () => fileSink({ ...options('x'), format: undefined as never }),
      'a part of no bytes': () => fileSink({ ...options('x'), roll: { maxBytes: 0 } }),
    },
    leftovers: async (place) => leftoversIn(directoryOf(place)),
    // JSON has no way to write it.
    poison: { element: { id: 1n as never, key: 'poison', text: '' }, outcome: 'rejected' },
    unreachable: () => fileSink(options(join('no', 'such', 'directory'))),
    quiet: 100,
  };
}

/** Makes the tests; in a child process, runs the pipeline of one of them. */
export async function proveFileSink(module: string = import.meta.url): Promise<void> {
  await sinkConformance({ ...fileSinkProof(true), module });
  await sinkConformance({ ...fileSinkProof(false), module });
}

if (isProofChild()) await proveFileSink();
