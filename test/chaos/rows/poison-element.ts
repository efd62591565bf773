import type { ServiceName } from '@sluice/services';
import type { LettersIn } from '../documents/dead-letters.js';
import type { DocumentMistake } from '../documents/document-plan.js';
import { DocumentSite } from '../documents/document-site.js';
import type { RevisionsFrom } from '../documents/revision-sources.js';
import { randomFrom } from '../random.js';
import type { ChaosRow, Round } from './chaos-row.js';
import { killAtRandom } from './killed-at-random.js';
import { finishAndJudge, unexpected, withSite } from './until-finished.js';

type PoisonMode = `${RevisionsFrom}, letters in ${LettersIn}`;

const KILLS = 4;
const MOMENTS = { ready: 400, working: 500 };

function poisonRow(needs: readonly ServiceName[], modes: readonly PoisonMode[]): ChaosRow<PoisonMode> {
  return {
    row: 23,
    title: `elements that do not decode or do not fit the index, ${KILLS} times kill -9 a run`,
    needs,
    modes,
    counts: { quick: 1, release: 7 },
    run: (round) => poisonElements(round),
  };
}

/** Row 23: what does not decode and what Elasticsearch answers with 400 is dead-lettered once, the rest is delivered. */
export const poisonRows: readonly ChaosRow<PoisonMode>[] = [
  poisonRow(['elasticsearch', 'postgres'], ['files, letters in files', 'files, letters in tables']),
  poisonRow(['elasticsearch', 'kafka'], ['topic, letters in files']),
];

export async function poisonElements({ mode, seed, servers }: Round<PoisonMode>, mistake?: DocumentMistake) {
  const [source, letters] = mode.split(', letters in ') as [RevisionsFrom, LettersIn];
  const services: ServiceName[] = ['elasticsearch'];
  if (source === 'topic') services.push('kafka');
  if (letters === 'tables') services.push('postgres');
  const endpoints = Object.fromEntries(
    await Promise.all(services.map(async (service) => [service, await servers.endpoint(service)] as const)),
  );
  const options = {
    seed,
    source,
    letters,
    mistake,
    endpoints,
    target: 'elasticsearch',
    versions: 'of the sink',
  } as const;
  return withSite(DocumentSite.create(options), async (site) => {
    const random = randomFrom(seed, 23);
    let faults = 0;
    for (let start = 0; start < KILLS; start++) {
      const process = site.start();
      await killAtRandom(process, random, MOMENTS);
      const end = await process.ended;
      if (end.how === 'killed') faults++;
      else if (end.how !== 'finished')
        return { faults, violations: [unexpected(`after ${faults} kills, the process`, end)] };
    }
    return { faults, violations: await finishAndJudge(site) };
  });
}
