import { basename, dirname } from 'node:path';
import type { DurableFileSystem, ReadableFile, WritableFile } from '../../packages/core/src/checkpoint/durable-file.js';

interface FileNode {
  readonly kind: 'file';
  content: Uint8Array;
  durable: Uint8Array;
}

interface DirectoryNode {
  readonly kind: 'directory';
  entries: Map<string, Node>;
  durable: Map<string, Node>;
  removed: boolean;
}

type Node = FileNode | DirectoryNode;

/** What survives of all that was never synced: nothing, or each name and content by the toss of a coin. */
export type Survival = 'nothing' | (() => number);

export type FileCall =
  | 'mkdir'
  | 'readdir'
  | 'kindOf'
  | 'create'
  | 'open'
  | 'read'
  | 'write'
  | 'sync'
  | 'close'
  | 'link'
  | 'rename'
  | 'unlink'
  | 'rmdir'
  | 'syncDirectory';

/**
 * A file system in memory that keeps, beside what is there, what a loss of power would leave: the content of a file as it was last synced, the names
 * in a directory as they were last synced. Nothing else is durable.
 */
export class PowerLossFiles implements DurableFileSystem {
  private readonly root = newDirectory();

  /** What was not synced is gone, or not, as told. */
  losePower(survival: Survival): void {
    lose(this.root, survival, new Set());
  }

  async mkdir(path: string): Promise<void> {
    const parent = this.parent(path);
    if (parent.entries.has(basename(path)) || path === '/') throw errno('EEXIST', path);
    parent.entries.set(basename(path), newDirectory());
  }

  async readdir(path: string): Promise<string[]> {
    return [...this.directory(path).entries.keys()];
  }

  async kindOf(path: string): Promise<'file' | 'directory'> {
    return this.find(path).kind;
  }

  async create(path: string): Promise<WritableFile> {
    const parent = this.parent(path);
    if (parent.entries.has(basename(path))) throw errno('EEXIST', path);
    const file: FileNode = { kind: 'file', content: new Uint8Array(0), durable: new Uint8Array(0) };
    parent.entries.set(basename(path), file);
    return {
      async write(bytes) {
        file.content = Buffer.concat([file.content, bytes]);
      },
      async sync() {
        file.durable = file.content;
      },
      async close() {},
    };
  }

  async openForReading(path: string): Promise<ReadableFile> {
    const node = this.find(path);
    if (node.kind !== 'file') throw errno('EISDIR', path);
    return {
      size: node.content.length,
      async read(buffer, position) {
        const part = node.content.subarray(position, position + buffer.length);
        buffer.set(part);
        return part.length;
      },
      async close() {},
    };
  }

  async link(from: string, to: string): Promise<void> {
    const node = this.find(from);
    const parent = this.parent(to);
    if (parent.entries.has(basename(to))) throw errno('EEXIST', to);
    parent.entries.set(basename(to), node);
  }

  async rename(from: string, to: string): Promise<void> {
    const node = this.find(from);
    const target = this.parent(to);
    this.parent(from).entries.delete(basename(from));
    target.entries.set(basename(to), node);
  }

  async unlink(path: string): Promise<void> {
    if (this.find(path).kind !== 'file') throw errno('EISDIR', path);
    this.parent(path).entries.delete(basename(path));
  }

  async rmdir(path: string): Promise<void> {
    const node = this.directory(path);
    if (node.entries.size > 0) throw errno('ENOTEMPTY', path);
    node.removed = true;
    this.parent(path).entries.delete(basename(path));
  }

  async syncDirectory(path: string): Promise<void> {
    const node = this.directory(path);
    node.durable = new Map(node.entries);
  }

  private find(path: string): Node {
    if (path === '/') return this.root;
    const node = this.parent(path).entries.get(basename(path));
    if (node === undefined) throw errno('ENOENT', path);
    return node;
  }

  private directory(path: string): DirectoryNode {
    const node = this.find(path);
    if (node.kind !== 'directory') throw errno('ENOTDIR', path);
    return node;
  }

  private parent(path: string): DirectoryNode {
    const node = this.directory(dirname(path));
    if (node.removed) throw errno('ENOENT', path);
    return node;
  }
}

/** The same files, each call of them told first, and after: a call may be delayed, refused, or its success kept secret. */
export function interceptFiles(
  files: DurableFileSystem,
  around: <R>(call: FileCall, path: string, act: () => Promise<R>) => Promise<R>,
): DurableFileSystem {
  return {
    mkdir: (path) => around('mkdir', path, () => files.mkdir(path)),
    readdir: (path) => around('readdir', path, () => files.readdir(path)),
    kindOf: (path) => around('kindOf', path, () => files.kindOf(path)),
    async create(path) {
      const file = await around('create', path, () => files.create(path));
      return {
        write: (bytes) => around('write', path, () => file.write(bytes)),
        sync: () => around('sync', path, () => file.sync()),
        close: () => around('close', path, () => file.close()),
      };
    },
    async openForReading(path) {
      const file = await around('open', path, () => files.openForReading(path));
      return {
        size: file.size,
        read: (buffer, position) => around('read', path, () => file.read(buffer, position)),
        close: () => around('close', path, () => file.close()),
      };
    },
    link: (from, to) => around('link', to, () => files.link(from, to)),
    rename: (from, to) => around('rename', to, () => files.rename(from, to)),
    unlink: (path) => around('unlink', path, () => files.unlink(path)),
    rmdir: (path) => around('rmdir', path, () => files.rmdir(path)),
    syncDirectory: (path) => around('syncDirectory', path, () => files.syncDirectory(path)),
  };
}

export function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

function newDirectory(): DirectoryNode {
  return { kind: 'directory', entries: new Map(), durable: new Map(), removed: false };
}

function lose(node: Node, survival: Survival, seen: Set<Node>): void {
  if (seen.has(node)) return;
  seen.add(node);
  if (node.kind === 'file') {
    if (survival === 'nothing') node.content = node.durable;
    else if (node.content !== node.durable) node.content = torn(node, survival);
    node.durable = node.content;
    return;
  }
  if (survival === 'nothing') node.entries = new Map(node.durable);
  else {
    for (const name of new Set([...node.entries.keys(), ...node.durable.keys()])) {
      if (survival() < 0.5) continue;
      const before = node.durable.get(name);
      if (before === undefined) node.entries.delete(name);
      else node.entries.set(name, before);
    }
  }
  node.durable = new Map(node.entries);
  node.removed = false;
  for (const child of node.entries.values()) lose(child, survival, seen);
}

/** Of a file that was not synced: the old content, or a beginning of the new one, perhaps with zeros behind it. */
function torn(file: FileNode, random: () => number): Uint8Array {
  const choice = random();
  if (choice < 0.3) return file.durable;
  const result = new Uint8Array(choice < 0.6 ? file.content.length : Math.floor(random() * file.content.length));
  result.set(file.content.subarray(0, Math.floor(random() * (result.length + 1))));
  return result;
}
