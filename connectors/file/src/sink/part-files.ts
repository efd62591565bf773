import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, readFile, rename, rmdir, unlink } from 'node:fs/promises';

/** The calls of the file system that the sink needs, and no more: so that a test can put one in their place that fails. */
export interface PartFiles {
  /** Undefined: there is nothing of that name. Of the entry itself: a symbolic link is not followed. */
  entry(path: string): Promise<{ readonly kind: 'file' | 'directory' | 'other'; readonly size: number } | undefined>;
  /** Fails with EEXIST when it is there. */
  mkdir(path: string): Promise<void>;
  readdir(path: string): Promise<string[]>;
  /** Fails with EEXIST when it is there. */
  create(path: string): Promise<PartHandle>;
  /** To write behind the `bytes` that it has; fails when it has another number of them. */
  continue(path: string, bytes: number): Promise<PartHandle>;
  /** The first `bytes` of a file as a new one, durable; replaces what is there. */
  copy(from: string, to: string, bytes: number): Promise<void>;
  /** Durable when it resolves, the name included if the file was there. */
  append(path: string, line: string): Promise<void>;
  read(path: string): Promise<string>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  /** The names in the directory are durable when it resolves. */
  syncDirectory(path: string): Promise<void>;
}

export interface PartHandle {
  write(bytes: Uint8Array): Promise<void>;
  /** The content is durable when it resolves; the name is not. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

const { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_TRUNC, O_WRONLY } = constants;
const COPIED_AT_ONCE = 1 << 20;

/** The file system of this machine. */
export const partFiles: PartFiles = {
  async entry(path) {
    try {
      const stats = await lstat(path);
      const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
      return { kind, size: stats.size };
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  async mkdir(path) {
    await mkdir(path);
  },
  readdir: (path) => readdir(path),
  create: async (path) => handleOf(await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)),
  async continue(path, bytes) {
    const handle = await open(path, O_WRONLY | O_APPEND | O_NOFOLLOW);
    const { size } = await handle.stat();
    if (size === bytes) return handleOf(handle);
    await handle.close();
    throw Object.assign(new Error(`${size} bytes and not ${bytes}`), { code: 'ESIZE' });
  },
  async copy(from, to, bytes) {
    const source = await open(from, O_RDONLY | O_NOFOLLOW);
    try {
      const target = await open(to, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
      try {
        const buffer = Buffer.allocUnsafe(Math.min(bytes, COPIED_AT_ONCE));
        for (let at = 0; at < bytes; ) {
          const { bytesRead } = await source.read(buffer, 0, Math.min(buffer.length, bytes - at), at);
          if (bytesRead === 0) throw Object.assign(new Error(`only ${at} bytes`), { code: 'ESIZE' });
          await handleOf(target).write(buffer.subarray(0, bytesRead));
          at += bytesRead;
        }
        await target.sync();
      } finally {
        await target.close();
      }
    } finally {
      await source.close();
    }
  },
  async append(path, line) {
    const handle = await open(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW);
    try {
      await handleOf(handle).write(Buffer.from(line));
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  read: (path) => readFile(path, 'utf8'),
  rename: (from, to) => rename(from, to),
  unlink: (path) => unlink(path),
  rmdir: (path) => rmdir(path),
  async syncDirectory(path) {
    const handle = await open(path, O_RDONLY | O_DIRECTORY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

function handleOf(handle: Awaited<ReturnType<typeof open>>): PartHandle {
  return {
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
    },
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
