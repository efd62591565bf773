import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConformanceItem } from '@sluice/conformance';

/** A system of its own: a table in a folder, with transactions that are files. What one process has written, another one sees. */
export class FolderTable {
  constructor(private readonly folder: string) {
    for (const part of ['staged', 'rows', 'keys']) mkdirSync(join(folder, part), { recursive: true });
  }

  /** Rows that survive a crash, out of sight. */
  stage(name: string, rows: readonly ConformanceItem[]): void {
    this.write(`staged/${name}`, JSON.stringify(rows));
  }

  staged(): string[] {
    return readdirSync(join(this.folder, 'staged')).filter(isWhole).sort();
  }

  stagedRows(name: string): ConformanceItem[] {
    return JSON.parse(readFileSync(join(this.folder, 'staged', name), 'utf8'));
  }

  /** Into view, once: false when there is no such transaction. */
  publish(name: string): boolean {
    try {
      renameSync(join(this.folder, 'staged', name), join(this.folder, 'rows', name));
      return true;
    } catch {
      return false;
    }
  }

  /** Into view, whether they have been there or not. */
  insert(name: string, rows: readonly ConformanceItem[]): void {
    this.write(`rows/${name}`, JSON.stringify(rows));
  }

  isPublished(name: string): boolean {
    return readdirSync(join(this.folder, 'rows')).includes(name);
  }

  discard(name: string): void {
    rmSync(join(this.folder, 'staged', name), { force: true });
  }

  rows(): ConformanceItem[] {
    const files = readdirSync(join(this.folder, 'rows')).filter(isWhole).sort();
    return files.flatMap((name) => JSON.parse(readFileSync(join(this.folder, 'rows', name), 'utf8')));
  }

  /** Who may write: the largest epoch that was ever said. */
  fence(epoch?: number): number {
    const largest = Math.max(this.number('fence'), epoch ?? 0);
    if (epoch === largest) this.write('fence', String(largest));
    return largest;
  }

  put(key: string, version: number, item: ConformanceItem): void {
    this.write(`keys/${key}`, JSON.stringify({ version, item }));
  }

  get(key: string): { readonly version: number; readonly item: ConformanceItem } | undefined {
    try {
      return JSON.parse(readFileSync(join(this.folder, 'keys', key), 'utf8'));
    } catch {
      return undefined;
    }
  }

  values(): ConformanceItem[] {
    const keys = readdirSync(join(this.folder, 'keys')).filter(isWhole);
    return keys.flatMap((key) => this.get(key)?.item ?? []);
  }

  private number(name: string): number {
    try {
      return Number(readFileSync(join(this.folder, name), 'utf8'));
    } catch {
      return 0;
    }
  }

  /** Whole or not at all, however often the process is killed. */
  private write(name: string, text: string): void {
    const half = join(this.folder, `${name}.${process.pid}.half`);
    writeFileSync(half, text);
    renameSync(half, join(this.folder, name));
  }
}

function isWhole(name: string): boolean {
  return !name.endsWith('.half');
}
