import { join } from 'node:path';
import { callbackSink } from '@sluice/core';
import { runGenerated } from '@sluice-examples/runner';
import { loginOf } from './logins.js';
import { type BreakIn, breakInsJob, type GivenUp } from './pipeline.js';

const time = (at: number): string => new Date(at).toISOString().slice(11, 19);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const MINUTE = 60_000;
/** When it was last said of a user. */
const told = new Map<string, number>();

await runGenerated({
  name: 'break-ins',
  about: 'Finds users whose password was found by trying.',
  unit: 'logins',
  records: 3_000,
  record: loginOf,
  open: ({ name, source, folder }) => ({
    job: breakInsJob({
      name,
      source,
      breakIns: callbackSink(({ at, user, tries, ip }: BreakIn) =>
        say(`${time(at)} ${user}: entered from ${ip} after ${tries} tries`),
      ),
      givenUp: callbackSink(({ key, match: { failed } }: GivenUp) => {
        const at = failed[0]?.at ?? 0;
        // Each of the tries has begun a match of its own: the first of them tells the whole.
        if (failed.length < 3 || at - (told.get(key) ?? Number.NEGATIVE_INFINITY) < MINUTE) return;
        told.set(key, at);
        say(`${time(at)} ${key}: ${failed.length} tries, and gave up`);
      }),
      checkpoints: join(folder, 'checkpoints'),
    }),
  }),
});
