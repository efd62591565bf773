import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSink, textLines } from '@sluice/file';
import type { Written } from '../judge/compare.js';
import type { Place, Running, SinkSide } from './sides.js';

const outputFolder = ({ folder }: Place): string => join(folder, 'out');

/** Small parts: some are finished within an epoch, most stay open over several. */
export const fileSinkSide: SinkSide = {
  needs: [],
  judged: () => 'exactly',
  async prepare(place) {
    await mkdir(outputFolder(place), { recursive: true });
  },
  create: (place) => {
    const encode = ({ key, value }: Running): Uint8Array =>
      new TextEncoder().encode(JSON.stringify({ ...value, account: key }));
    return fileSink<Running>({
      directory: outputFolder(place),
      format: textLines({ encode }, '.ndjson'),
      roll: { maxBytes: 20_000 },
    });
  },
  async readBack(place) {
    const names = (await readdir(outputFolder(place))).filter((name) => name.endsWith('.ndjson'));
    const parts = await Promise.all(names.map((name) => readFile(join(outputFolder(place), name), 'utf8')));
    return parts
      .flatMap((part) => part.split('\n'))
      .filter((line) => line !== '')
      .map((line): Written['running'][number] => JSON.parse(line));
  },
  async left(place) {
    const hidden = await readdir(join(outputFolder(place), '.sluice-parts')).catch(() => []);
    return hidden.filter((name) => name.includes('.ndjson')).map((name) => `the part ${name}`);
  },
  remove: async () => {},
};
