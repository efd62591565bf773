import { appendFileSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConformanceItem } from '@sluice/conformance';
import { defineSource, SluiceError, type Source } from '@sluice/connector-sdk';
import type { SourceMistake } from './mistakes.js';

export interface FolderSourceOptions {
  readonly folder: string;
  readonly bounded: boolean;
  /** Elements of one batch at most. */
  readonly batch?: number;
  readonly mistake?: SourceMistake | undefined;
}

const PARTITIONS = 2;

/** Puts items at the end of their partitions. */
export function appendItems(folder: string, items: readonly ConformanceItem[]): void {
  for (const item of items) appendLine(folder, item.key, JSON.stringify(item));
}

export function appendLine(folder: string, key: string, line: string): void {
  const input = join(folder, 'input');
  mkdirSync(input, { recursive: true });
  const partition = Number(key.split('-')[1] ?? 0) % PARTITIONS;
  appendFileSync(join(input, `p${partition}`), `${line}\n`);
}

function linesOf(folder: string, partition: string): string[] {
  return readFileSync(join(folder, 'input', partition), 'utf8')
    .split('\n')
    .slice(0, -1);
}

let looks = 0;

/** Partitions that are files, one item a line, right or with one mistake. The position is the number of lines that were read. */
export function folderSource({
  folder,
  bounded,
  batch = 20,
  mistake,
}: FolderSourceOptions): Source<ConformanceItem, string, number> {
  if (!(Number.isSafeInteger(batch) && batch > 0)) {
    throw new SluiceError({
      code: 'SLUICE_OPTION',
      component: 'folderSource',
      expected: '`batch` to be a whole number from 1',
      actual: String(batch),
      remedy: 'correct `batch`',
    });
  }
  const size = mistake === 'larger batches than it says' ? batch + 1 : batch;

  function decode(line: string): ConformanceItem | undefined {
    try {
      return JSON.parse(line);
    } catch (cause) {
      if (mistake === 'swallows poison') return undefined;
      throw new SluiceError({
        code: 'SLUICE_JSON',
        component: 'folderSource',
        expected: 'JSON in each line',
        actual: 'something else',
        remedy: 'mend the line',
        cause,
      });
    }
  }

  /** Where reading begins. */
  function startOf(partition: string, position: number | undefined): number {
    if (mistake === 'ignores its position') return 0;
    const own = join(folder, `own-${partition}`);
    if (mistake === 'goes on from where it was, not from the checkpoint' && existsSync(own))
      return Number(readFileSync(own, 'utf8'));
    return position ?? 0;
  }

  function positionOf(start: number, index: number, length: number): number {
    if (mistake === 'position off by one') return start + index;
    if (mistake === 'position skips one') return start + index + 2;
    if (mistake === 'position of the whole batch') return start + length;
    return start + index + 1;
  }

  return defineSource<ConformanceItem, string, number>({
    name: 'folder',
    bounded,
    replayable: true,
    async discover() {
      const partitions = existsSync(join(folder, 'input')) ? readdirSync(join(folder, 'input')).sort() : [];
      looks++;
      return partitions.map((split) => ({
        id: mistake === 'new ids at each look' ? `${split}-${looks}` : split,
        split,
      }));
    },
    async open() {
      if (mistake === 'leaks a file') openSync(folder, 'r');
      return {
        async *read({ split }, position, signal) {
          let at = startOf(split, position);
          const kept: ConformanceItem[] = [];
          for (let pulls = 0; ; pulls++) {
            const lines = linesOf(folder, split);
            const end = Math.min(lines.length, at + size);
            if (end <= at || (mistake === 'loses the last batch' && bounded && end - at < size && pulls > 0)) {
              if (bounded) return;
              await sleep(10, undefined, { signal }).catch(() => {});
              if (signal.aborted) return;
              continue;
            }
            const start = at;
            const values = lines.slice(start, end).flatMap((line) => decode(line) ?? []);
            if (mistake === 'reorders') values.reverse();
            if (mistake === 'uses its array again') kept.splice(0, kept.length, ...values);
            at = end;
            if (mistake === 'goes on from where it was, not from the checkpoint')
              writeFileSync(join(folder, `own-${split}`), String(at));
            const asked = Date.now();
            yield {
              values: mistake === 'uses its array again' ? changing(kept) : values,
              timestamps: values.map(({ id }) => id),
              positionAfter: (index: number) => positionOf(start, index, end - start),
            };
            if (mistake === 'loses its place in a pause' && Date.now() - asked > 1_000) at += 1;
            if (mistake === 'goes on after its end' && bounded && at >= lines.length) at -= 1;
          }
        },
        close: () => (mistake === 'hangs on close' ? new Promise(() => {}) : Promise.resolve()),
      };
    },
  });
}

/** Filled again while somebody still reads it. */
function changing(values: ConformanceItem[]): ConformanceItem[] {
  setTimeout(() => values.reverse(), 1);
  return values;
}
