import * as conformance from '@sluice/conformance';
import * as sdk from '@sluice/connector-sdk';
import * as core from '@sluice/core';
import * as elasticsearch from '@sluice/elasticsearch';
import * as file from '@sluice/file';
import * as kafka from '@sluice/kafka';
import * as postgres from '@sluice/postgres';
import * as redis from '@sluice/redis';
import * as testing from '@sluice/testing';
import * as rxjs from 'rxjs';
import type { Example } from './docstrings.js';
import * as stage from './stage.js';

/** Where a name comes from that an example uses without saying so; the first that has it. */
const MODULES: readonly (readonly [name: string, exports: object])[] = [
  ['@sluice/core', core],
  ['@sluice/connector-sdk', sdk],
  ['@sluice/testing', testing],
  ['@sluice/file', file],
  ['@sluice/postgres', postgres],
  ['@sluice/kafka', kafka],
  ['@sluice/redis', redis],
  ['@sluice/elasticsearch', elasticsearch],
  ['@sluice/conformance', conformance],
  ['rxjs', rxjs],
];

/** Types are not among a module's values: where examples find theirs. */
const TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['Click', 'Call', 'Bid', 'Order', 'Login', 'Reading', 'Position'].map((name) => [name, 'stage']),
  ),
  ...Object.fromEntries(
    [
      'WindowAssigner',
      'TimeWindow',
      'Trigger',
      'Evictor',
      'WatermarkStrategy',
      'Keyed',
      'Source',
      'Sink',
      'Rejected',
    ].map((name) => [name, '@sluice/core']),
  ),
};

/** An example as a program of its own: with the imports that it leaves to the reader. */
export function programOf({ code }: Example, stageModule: string): string {
  const names = new Set(code.replace(/'[^']*'|`[^`]*`|\/\/.*$/gm, '').match(/[A-Za-z_$][\w$]*/g) ?? []);
  const declared = new Set(
    [...code.matchAll(/\b(?:const|let|function|class|interface|type)\s+([A-Za-z_$][\w$]*)/g)].map(([, name]) => name),
  );
  const imports = new Map<string, string[]>();
  const take = (module: string, name: string): void => {
    imports.set(module, [...(imports.get(module) ?? []), name]);
  };
  for (const name of names) {
    if (declared.has(name) || (new RegExp(`[.?]${escaped(name)}\\b(?!\\s*\\()`).test(code) && !(name in stage)))
      continue;
    const module = MODULES.find(([, exports]) => name in exports)?.[0];
    const type = TYPES[name];
    if (name in stage) take(stageModule, name);
    else if (type !== undefined) take(type === 'stage' ? stageModule : type, `type ${name}`);
    else if (module !== undefined) take(module, name);
  }
  const lines = [...imports].map(([module, list]) => `import { ${list.join(', ')} } from '${module}';`);
  return `${lines.join('\n')}\n\n${code}\n\nexport {};\n`;
}

function escaped(name: string): string {
  return name.replace(/\$/g, '\\$');
}
