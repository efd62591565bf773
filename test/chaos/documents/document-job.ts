import { join } from 'node:path';
import type { Rejected } from '@sluice/connector-sdk';
import { createJob, fileCheckpoints, fixedDelay, fromSource, type Job, sideOutput, to } from '@sluice/core';
import { map } from 'rxjs';
import { pacedSource } from '../pairs/paced-source.js';
import type { Place } from '../pairs/sides.js';
import { deadLetters, type Letter } from './dead-letters.js';
import type { DocumentPlan } from './document-plan.js';
import { type Poison, revisionSources } from './revision-sources.js';
import type { Revision } from './revisions.js';
import { sinkOf } from './sink-of.js';

/** The latest revision of each document, and what cannot be delivered among the dead letters. */
export async function documentJob(plan: DocumentPlan, onRead: (count: number) => void): Promise<Job> {
  const { place, letters } = plan;
  const poison$ = sideOutput<Poison>('undecoded');
  const rejected$ = sideOutput<Rejected<Revision>>('refused');
  const source = await revisionSources[plan.source].create(place, letters && poison$);
  const revisions$ = fromSource(pacedSource(source, plan.pace, undefined, onRead));
  const sink = await sinkOf(plan);
  const flows =
    letters === undefined
      ? [revisions$.pipe(to(sink, { uid: 'documents' }))]
      : [
          revisions$.pipe(to(sink, { uid: 'documents', rejected: rejected$ })),
          poison$.pipe(
            map(({ bytes }): Letter => ({ id: idOf(bytes), flaw: 'does not decode' })),
            to(await deadLetters[letters].create(place, 'does not decode'), { uid: 'undecoded' }),
          ),
          rejected$.pipe(
            map(({ value: { id } }): Letter => ({ id, flaw: 'does not fit' })),
            to(await deadLetters[letters].create(place, 'does not fit'), { uid: 'refused' }),
          ),
        ];
  return createJob(plan.job, flows, {
    checkpoints: { interval: plan.interval, storage: fileCheckpoints(join(place.folder, 'checkpoints')) },
    restart: fixedDelay({ attempts: plan.restarts, delay: 50 }),
    ...(plan.startFrom === undefined ? {} : { startFrom: { path: plan.startFrom } }),
  });
}

/** Of savepoints. */
export function savepointFolder({ folder }: Place): string {
  return join(folder, 'savepoints');
}

function idOf(bytes: Uint8Array): number {
  return Number(/"id":(\d+)/.exec(new TextDecoder().decode(bytes))?.[1]);
}
