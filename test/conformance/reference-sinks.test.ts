import './vitest-globals.js';
import { sinkConformance } from '@sluice/conformance';
import { folderProof } from './subjects/folder-sinks.js';

for (const kind of ['transactional', 'idempotent', 'at-least-once'] as const)
  await sinkConformance(folderProof({ kind }));
