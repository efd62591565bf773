import { expect, test } from 'vitest';
import type { Entry } from '../entry/entry.js';
import type { VersionBlock } from './claim.js';
import { RegisteredVersions } from './version-giver.js';

function registry() {
  const claims: { readonly grant: (block: VersionBlock) => void; readonly fail: (error: Error) => void }[] = [];
  const claim = () => new Promise<VersionBlock>((grant, fail) => claims.push({ grant, fail }));
  const context = { job: 'j', uid: 's', incarnation: 'i', epoch: 1 };
  const versions = new RegisteredVersions(
    { first: 1, last: 3 },
    { claim, read: async () => undefined },
    'elasticsearchSink',
    context,
  );
  return { versions, claims };
}

const entry = (id: string): Entry<string> => ({
  value: id,
  place: { index: 'i', id, routing: undefined },
  action: 'index',
  source: '{}',
  bytes: 1,
  version: undefined,
  attempts: 0,
});
const versionsOf = (entries: readonly Entry<string>[]) => entries.map(({ version }) => version);

test('batches that need another block at the same time get one, in their order', async () => {
  const { versions, claims } = registry();
  const first = ['a', 'b', 'c', 'd'].map(entry);
  const second = ['e', 'f'].map(entry);
  const given = [versions.give(first), versions.give(second)];
  expect(claims).toHaveLength(1);
  claims[0]?.grant({ first: 11, last: 12 });
  await given[0];
  expect(versionsOf([...first, ...second])).toEqual([1, 2, 3, 11, 12, undefined]);
  claims[1]?.grant({ first: 21, last: 29 });
  await given[1];
  expect(versionsOf(second)).toEqual([12, 21]);
  expect(claims).toHaveLength(2);
});

test('a batch that could not be given its versions has lower ones than a later batch that was sooner tried again', async () => {
  const { versions, claims } = registry();
  const first = ['a', 'b', 'c', 'd'].map(entry);
  const second = ['e'].map(entry);
  const given = [versions.give(first), versions.give(second)];
  const failure = new Error('no registry');
  claims[0]?.fail(failure);
  for (const outcome of given) await expect(outcome).rejects.toBe(failure);
  const again = versions.give(second);
  claims[1]?.grant({ first: 11, last: 19 });
  await again;
  await versions.give(first);
  expect(versionsOf([...first, ...second])).toEqual([1, 2, 3, 11, 12]);
  expect(claims).toHaveLength(2);
});
