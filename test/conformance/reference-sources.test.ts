import './vitest-globals.js';
import { sourceConformance } from '@sluice/conformance';
import { folderSourceProof } from './subjects/folder-source.js';

for (const bounded of [true, false]) await sourceConformance(folderSourceProof({ bounded }));
