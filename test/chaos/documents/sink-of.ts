import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sink, SinkContext } from '@sluice/connector-sdk';
import type { DocumentPlan } from './document-plan.js';
import { plainSink } from './plain-sink.js';
import type { Revision } from './revisions.js';
import { targets } from './targets.js';

/** The connector's own sink, unless a mistake is to be made. */
export async function sinkOf(plan: DocumentPlan): Promise<Sink<Revision>> {
  const { mistake } = plan;
  if (mistake === 'compares no versions' || mistake === 'looks at no replies') return plainSink(plan);
  const sink = await targets[plan.target].create(plan);
  if (mistake === undefined || sink.guarantee !== 'idempotent') return sink;
  const reject =
    mistake === 'swallows rejects'
      ? () => {}
      : ({ id }: Revision) => {
          const letter = JSON.stringify({ id, flaw: 'does not fit' });
          appendFileSync(join(plan.place.folder, 'refused', 'at-once.ndjson'), `${letter}\n`);
        };
  return { ...sink, open: (context: SinkContext<Revision>) => sink.open({ ...context, reject }) };
}
