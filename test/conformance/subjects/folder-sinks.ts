import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SinkConformanceOptions, sinkConformance } from '@sluice/conformance';
import { isProofChild } from '../proof-child.js';
import { FolderTable } from '../reference/folder-table.js';
import type { TransactionMistake, WriterMistake } from '../reference/mistakes.js';
import { folderSink } from '../reference/transactional-sink.js';
import { keyedSink, loggingSink } from '../reference/writing-sink.js';

/** A reference connector, as it should be or with one mistake. Sent to child processes as JSON. */
export type FolderSubject =
  | { readonly kind: 'transactional'; readonly mistake?: TransactionMistake }
  | { readonly kind: 'at-least-once' | 'idempotent'; readonly mistake?: WriterMistake };

export function folderProof(subject: FolderSubject): SinkConformanceOptions {
  const { kind, mistake } = subject;
  return {
    name: `a ${kind} sink on a folder: ${mistake ?? 'as it should be'}`,
    module: import.meta.url,
    environment: () => ({ SLUICE_TEST_SUBJECT: JSON.stringify(subject) }),
    guarantee: kind,
    capabilities: {
      order: kind === 'idempotent' ? 'it keeps the newest of each key only' : true,
      connections: 'a folder has no connection to lose',
    },
    create({ folder }) {
      if (subject.kind === 'transactional') return folderSink({ folder, mistake: subject.mistake });
      const make = kind === 'idempotent' ? keyedSink : loggingSink;
      return make({ folder, mistake: subject.mistake });
    },
    async readBack({ folder }) {
      const table = new FolderTable(folder);
      return kind === 'idempotent' ? table.values() : table.rows();
    },
    ...(kind === 'transactional' && {
      leftovers: async ({ folder }) => new FolderTable(folder).staged(),
      invalidOptions: {
        'no batch': () => folderSink({ folder: join(tmpdir(), 'sluice-nowhere'), batch: 0, mistake: subject.mistake }),
      },
    }),
    poison: { element: { id: -1, key: 'poison', text: '' }, outcome: 'rejected' },
    limit: '2s',
    quiet: 50,
  };
}

if (isProofChild()) await sinkConformance(folderProof(JSON.parse(process.env.SLUICE_TEST_SUBJECT ?? '{}')));
