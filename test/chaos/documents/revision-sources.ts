import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Source } from '@sluice/connector-sdk';
import { json, type SideTarget } from '@sluice/core';
import type { Place } from '../pairs/sides.js';
import { linesOf, type Revision, type RevisionSpec } from './revisions.js';

/** A line that does not decode, whatever it was read from. */
export interface Poison {
  readonly bytes: Uint8Array;
}

/** Where revisions are read from. */
export interface RevisionSource {
  prepare(place: Place, spec: RevisionSpec): Promise<void>;
  create(place: Place, poison: SideTarget<Poison> | undefined): Promise<Source<Revision>>;
  remove(place: Place): Promise<void>;
}

const inputFolder = ({ folder }: Place): string => join(folder, 'in');

const files: RevisionSource = {
  async prepare(place, spec) {
    await mkdir(inputFolder(place), { recursive: true });
    for (let split = 0; split < spec.splits; split++) {
      const lines = linesOf(spec, split).map(({ text }) => `${text}\n`);
      await writeFile(join(inputFolder(place), `${split}.ndjson`), lines.join(''));
    }
  },
  async create(place, poison = undefined) {
    const { fileSource } = await import('@sluice/file');
    const paths = join(inputFolder(place), '*.ndjson');
    return fileSource<Revision>({ paths, value: json<Revision>(), ...(poison && { poison }) });
  },
  // The folder goes as a whole.
  remove: async () => {},
};

const topic: RevisionSource = {
  async prepare(place, spec) {
    const { inputTopic } = await import('../pairs/kafka-source.js');
    const { makeTopic, withProducer } = await import('../pairs/kafka-topic.js');
    await makeTopic(place, inputTopic(place), spec.splits);
    await withProducer(place, async (producer) => {
      for (let partition = 0; partition < spec.splits; partition++) {
        const messages = linesOf(spec, partition).map(({ text }) => ({ partition, value: text }));
        await producer.send({ topic: inputTopic(place), messages });
      }
    });
  },
  async create(place, poison) {
    const { kafkaSource } = await import('@sluice/kafka');
    const { groupOf, inputTopic } = await import('../pairs/kafka-source.js');
    const { endpointOf } = await import('../pairs/sides.js');
    return kafkaSource<Revision>({
      brokers: endpointOf(place, 'kafka').split(','),
      topic: inputTopic(place),
      groupId: groupOf(place),
      value: json<Revision>(),
      bounded: 'latest',
      sessionTimeout: '6s',
      heartbeatInterval: 200,
      ...(poison && { poison }),
    });
  },
  async remove(place) {
    const { inputTopic } = await import('../pairs/kafka-source.js');
    const { removeTopics } = await import('../pairs/kafka-topic.js');
    await removeTopics(place, [inputTopic(place)]);
  },
};

export const revisionSources = { files, topic } as const;
export type RevisionsFrom = keyof typeof revisionSources;
