import { describe, expect, it } from 'vitest';
import { exportedNames, globalNames, takenNames } from './exported-names.js';
import { packageManifests } from './manifests.js';
import { typedProgram } from './typed-program.js';

const bad = 'test/architecture/virtual-bad.ts';
const blank = 'test/architecture/virtual-blank.ts';
const indexes = packageManifests().map(({ folder }) => `${folder}/src/index.ts`);
const program = typedProgram(indexes, {
  [bad]: `export interface Observable {} export const map = 1; export class Worker {} export type HTMLElement = 1; export const fine = 1;`,
  [blank]: `/// <reference lib="dom" />\nexport * from 'rxjs'; export * as operators from 'rxjs/operators';`,
});
const taken = new Set([...exportedNames(program, blank), ...globalNames(program, blank)]);

describe('exported names', () => {
  it('that exist in rxjs or on globalThis are found, types too', () => {
    expect(takenNames(exportedNames(program, bad), taken)).toEqual(['Observable', 'map', 'Worker', 'HTMLElement']);
  });

  it.each(indexes)('%s exports none of them', (index) => {
    const names = exportedNames(program, index);
    expect(names.length).toBeGreaterThan(0);
    expect(takenNames(names, taken)).toEqual([]);
  });
});
