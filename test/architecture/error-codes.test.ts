import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../tasks/root.js';
import { documentedCodes, usedCodes } from './error-codes.js';
import { shippedSources } from './import-graph.js';
import { file } from './source-file.js';

describe('error codes', () => {
  it('are found in code and not in comments or types', () => {
    const text = `// SLUICE_COMMENT\ntype Code = \`SLUICE_\${string}\`; throw { code: 'SLUICE_A_1' }; const x = \`SLUICE_B\`; f('SLUICE_ in a text', 'SLUICE_PREFIX_');`;
    expect(usedCodes([file('a.ts', text)])).toEqual(new Set(['SLUICE_A_1', 'SLUICE_B']));
  });

  it('are read from the table', () => {
    const page =
      '| code | meaning | what to do |\n| --- | --- | --- |\n| `SLUICE_A` | It broke. | Mend it. |\nSee `SLUICE_B`.';
    expect(documentedCodes(page)).toEqual([{ code: 'SLUICE_A', meaning: 'It broke.', remedy: 'Mend it.' }]);
  });

  const rows = documentedCodes(readFileSync(join(root, 'docs/errors.md'), 'utf8'));
  const documented = rows.map(({ code }) => code).sort();
  const used = [...usedCodes(shippedSources())].sort();

  it('are all documented, once, and every documented one exists', () => expect(documented).toEqual(used));

  it('are documented with a meaning and a remedy', () => {
    expect(rows.filter(({ meaning, remedy }) => meaning === '' || remedy === '')).toEqual([]);
  });
});
