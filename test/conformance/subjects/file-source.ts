import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConformanceItem, type SourceConformanceOptions, sourceConformance } from '@sluice/conformance';
import { json } from '@sluice/connector-sdk';
import { type FilePosition, type FileSplit, fileSource } from '@sluice/file';
import { isProofChild } from '../proof-child.js';

const FILES = 2;

function fileOf(folder: string, key: string): string {
  return join(folder, `part-${Number(key.split('-')[1]) % FILES}.ndjson`);
}

/** NDJSON files, read to their end or followed. */
function fileProof(tail: boolean): SourceConformanceOptions<ConformanceItem, FileSplit, FilePosition> {
  const options = (folder: string) =>
    ({
      paths: join(folder, '*.ndjson'),
      value: json<ConformanceItem>(),
      tail,
      poll: '10ms',
    }) as const;
  return {
    name: `fileSource, ${tail ? 'following' : 'to the end'}`,
    module: import.meta.url,
    bounded: !tail,
    capabilities: { connections: 'a file has no connection to lose' },
    unreachable: () => fileSource({ ...options('nowhere'), paths: join('no', 'such', 'file.ndjson') }),
    create: ({ folder }) => fileSource(options(folder)),
    async append({ folder }, items) {
      // A file at a time, as a writer of logs does.
      const lines = new Map<string, string>();
      for (const item of items) {
        const file = fileOf(folder, item.key);
        lines.set(file, `${lines.get(file) ?? ''}${JSON.stringify(item)}\n`);
      }
      for (const [file, text] of lines) await appendFile(file, text);
    },
    invalidOptions: {
      'no paths': () => fileSource({ ...options('x'), paths: [] }),
      'no decoder': () => fileSource({ ...options('x'), value: undefined as never }),
      'a line of no bytes': () => fileSource({ ...options('x'), maxLineBytes: 0 }),
    },
    poison: { append: ({ folder }, key) => appendFile(fileOf(folder, key), '{"id":\n'), outcome: 'fails' },
    quiet: 100,
  };
}

/** Makes the tests; in a child process, runs the pipeline of one of them. */
export async function proveFileSource(module: string = import.meta.url): Promise<void> {
  await sourceConformance({ ...fileProof(false), module });
  await sourceConformance({ ...fileProof(true), module });
}

if (isProofChild()) await proveFileSource();
