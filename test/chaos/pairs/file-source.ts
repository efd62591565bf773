import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { json } from '@sluice/core';
import { fileSource } from '@sluice/file';
import { type Payment, paymentsOf } from '../workload/payments.js';
import type { Place, SourceSide } from './sides.js';

const inputFolder = ({ folder }: Place): string => join(folder, 'in');

/** A split of the input is a file. */
export const fileSourceSide: SourceSide = {
  needs: [],
  async prepare(place) {
    await mkdir(inputFolder(place), { recursive: true });
  },
  async fill(place, input) {
    for (let split = 0; split < input.splits; split++) {
      const lines = paymentsOf(input, split).map((payment) => `${JSON.stringify(payment)}\n`);
      await writeFile(join(inputFolder(place), `${split}.ndjson`), lines.join(''));
    }
  },
  create: (place, { bounded }) =>
    fileSource<Payment>({ paths: join(inputFolder(place), '*.ndjson'), value: json<Payment>(), tail: !bounded }),
  // The folder goes as a whole.
  remove: async () => {},
};
