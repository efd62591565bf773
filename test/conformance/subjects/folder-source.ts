import { type ConformanceItem, type SourceConformanceOptions, sourceConformance } from '@sluice/conformance';
import { isProofChild } from '../proof-child.js';
import { appendItems, appendLine, folderSource } from '../reference/folder-source.js';
import type { SourceMistake } from '../reference/mistakes.js';

/** The reference source, as it should be or with one mistake. Sent to child processes as JSON. */
export interface FolderSourceSubject {
  readonly bounded: boolean;
  readonly mistake?: SourceMistake;
}

const BATCH = 20;

export function folderSourceProof(
  subject: FolderSourceSubject,
): SourceConformanceOptions<ConformanceItem, string, number> {
  const { bounded, mistake } = subject;
  return {
    name: `${bounded ? 'bounded' : 'endless'} source of a folder: ${mistake ?? 'as it should be'}`,
    module: import.meta.url,
    environment: () => ({ SLUICE_TEST_SUBJECT: JSON.stringify(subject) }),
    bounded,
    create: ({ folder }) => folderSource({ folder, bounded, batch: BATCH, mistake }),
    append: async ({ folder }, items) => appendItems(folder, items),
    maxBatch: BATCH,
    capabilities: { connections: 'a folder has no connection to lose' },
    invalidOptions: { 'no batch': () => folderSource({ folder: 'nowhere', bounded, batch: 0 }) },
    poison: { append: async ({ folder }, key) => appendLine(folder, key, '{ "id": '), outcome: 'fails' },
    limit: '2s',
    quiet: 50,
  };
}

if (isProofChild()) await sourceConformance(folderSourceProof(JSON.parse(process.env.SLUICE_TEST_SUBJECT ?? '{}')));
