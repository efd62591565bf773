import { describe, expect, it } from 'vitest';
import { importGraph, shippedSources } from './import-graph.js';
import { checkpointPurity, coreDirection, importedConnectors, packageDirection } from './import-rules.js';
import { packageManifests } from './manifests.js';
import { file, packageSources } from './source-file.js';

const sources = packageSources();
const shipped = importGraph(shippedSources());

describe('import direction between packages', () => {
  it('is checked', () => {
    const graph = importGraph([
      file('packages/connector-sdk/src/a.ts', "import '@sluice/core';"),
      file('packages/core/src/a.ts', "import '@sluice/connector-sdk'; import type { A } from '@sluice/testing';"),
      file('connectors/file/src/a.ts', "import '@sluice/core'; import '../../postgres/src/a.js';"),
    ]);
    expect(packageDirection(graph)).toEqual([
      'packages/connector-sdk/src/a.ts imports @sluice/core',
      'packages/core/src/a.ts imports @sluice/testing',
      'connectors/file/src/a.ts imports @sluice/core',
      'connectors/file/src/a.ts imports connectors/postgres/src/a.ts',
    ]);
  });

  it('holds', () => expect(packageDirection(shipped)).toEqual([]));
});

describe('connectors', () => {
  it('imported by a package are found', () => {
    const graph = importGraph([file('packages/core/src/a.test.ts', "import '@sluice/file';")]);
    expect(importedConnectors(graph, ['@sluice/file'])).toEqual(['packages/core/src/a.test.ts imports @sluice/file']);
  });

  it('are imported by none', () => {
    const names = packageManifests().flatMap(({ folder, manifest }) =>
      folder.startsWith('connectors/') ? [manifest.name] : [],
    );
    expect(names).toContain('@sluice/postgres');
    expect(importedConnectors(importGraph(sources), names)).toEqual([]);
  });
});

describe('import direction inside core', () => {
  it('is checked', () => {
    const graph = importGraph([
      file('packages/core/src/stream/a.ts', "import '../operators/b.js';"),
      file('packages/core/src/operators/b.ts', "import '../stream/a.js'; import type { J } from '../job/c.js';"),
      file('packages/core/src/job/c.ts', "import '../operators/b.js';"),
      file('packages/core/src/state/d.ts', "import '../operators/b.js';"),
    ]);
    expect(coreDirection(graph)).toEqual([
      'packages/core/src/stream/a.ts imports packages/core/src/operators/b.ts',
      'packages/core/src/operators/b.ts imports packages/core/src/job/c.ts',
      'packages/core/src/state/d.ts imports packages/core/src/operators/b.ts',
    ]);
  });

  it('holds', () => expect(coreDirection(shipped)).toEqual([]));
});

describe('checkpoint/', () => {
  it('is checked for RxJS and threads, behind its imports too', () => {
    const graph = importGraph([
      file('packages/core/src/checkpoint/a.ts', "import '../stream/b.js'; import 'node:worker_threads';"),
      file('packages/core/src/stream/b.ts', "import type { Observable } from 'rxjs';"),
    ]);
    expect(checkpointPurity(graph)).toEqual([
      'packages/core/src/checkpoint/a.ts, which checkpoint/ needs, imports node:worker_threads',
      'packages/core/src/stream/b.ts, which checkpoint/ needs, imports rxjs',
    ]);
  });

  it('knows neither', () => expect(checkpointPurity(shipped)).toEqual([]));
});
