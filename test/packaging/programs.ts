/** A job over what `core` exports: two windows of one user and one of another, in event time. */
const job = `
async function count({ aggregate, arraySource, boundedOutOfOrderness, callbackSink, countOf, createJob, fromSource, memoryCheckpoints, to, withTimestamps }, { keyBy, tumbling, windowBy }, { map }) {
  const rows = [];
  const clicks = [{ user: 'ann', at: 1000 }, { user: 'bob', at: 2000 }, { user: 'ann', at: 1500 }, { user: 'ann', at: 61000 }];
  const counts$ = fromSource(arraySource(clicks)).pipe(
    withTimestamps((click) => click.at, boundedOutOfOrderness('5s')),
    keyBy((click) => click.user),
    windowBy(tumbling('1m')),
    aggregate(countOf()),
    map((result) => [result.key, result.window.start, result.value]),
    to(callbackSink((row) => { rows.push(row); })),
  );
  const { status } = await createJob('counts', counts$, { checkpoints: { interval: '1s', storage: memoryCheckpoints() } }).run();
  return { status, rows: rows.map(String).sort() };
}
`;

export const counted = { status: 'finished', rows: ['ann,0,2', 'ann,60000,1', 'bob,0,1'] };

export const esm = `
import * as core from '@sluice/core';
import * as rxjs from 'rxjs';
${job}
console.log(JSON.stringify(await count(core, core, rxjs)));
`;

export const commonjs = `
const core = require('@sluice/core');
const rxjs = require('rxjs');
${job}
count(core, core, rxjs).then((result) => console.log(JSON.stringify(result)));
`;

/** Streams, jobs and errors of one copy in the hands of the other. */
export const bothCopies = `
import { createRequire } from 'node:module';
import * as esm from '@sluice/core';
import * as rxjs from 'rxjs';
const commonjs = createRequire(import.meta.url)('@sluice/core');
${job}
let error;
try { esm.tumbling('-5s'); } catch (thrown) { error = thrown; }
console.log(JSON.stringify({
  copies: esm.fromSource === commonjs.fromSource ? 1 : 2,
  esmStream: await count(esm, commonjs, rxjs),
  commonjsStream: await count(commonjs, esm, rxjs),
  errorKnown: commonjs.SluiceError.isInstance(error) && error.code.startsWith('SLUICE_'),
}));
`;

/** Every package loads in both module systems and gives the same names. */
export const allPackages = (names: readonly string[]) => `
import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const loaded = {};
for (const name of ${JSON.stringify(names)}) {
  const esm = Object.keys(await import(name)).filter((key) => key !== 'default' && key !== 'module.exports');
  loaded[name] = { esm: esm.length > 0, same: String(esm.sort()) === String(Object.keys(require(name)).sort()), manifest: require(name + '/package.json').name };
}
console.log(JSON.stringify(loaded));
`;
