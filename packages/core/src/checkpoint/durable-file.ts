import { constants } from 'node:fs';
import { link, lstat, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';

/** The calls of the file system that checkpoints need, and no more: so that a test can put one in their place that loses power. */
export interface DurableFileSystem {
  mkdir(path: string): Promise<void>;
  readdir(path: string): Promise<string[]>;
  /** Of the entry itself: a symbolic link is not followed. */
  kindOf(path: string): Promise<'file' | 'directory' | 'other'>;
  /** Fails with EEXIST when it is there. */
  create(path: string): Promise<WritableFile>;
  /** Fails with ELOOP for a symbolic link. */
  openForReading(path: string): Promise<ReadableFile>;
  /** Fails with EEXIST when `to` is there. */
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
  /** The names in the directory are durable when it resolves. */
  syncDirectory(path: string): Promise<void>;
}

export interface WritableFile {
  write(bytes: Uint8Array): Promise<void>;
  /** The content is durable when it resolves; the name is not. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface ReadableFile {
  readonly size: number;
  /** As many bytes as there are, at most `buffer.length`. */
  read(buffer: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;

/** The file system of this machine. */
export const durableFiles: DurableFileSystem = {
  async mkdir(path) {
    await mkdir(path, { mode: 0o700 });
  },
  readdir: (path) => readdir(path),
  async kindOf(path) {
    const stats = await lstat(path);
    return stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
  },
  async create(path) {
    const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    return {
      async write(bytes) {
        for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
      },
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  async openForReading(path) {
    const handle = await open(path, O_RDONLY | O_NOFOLLOW);
    try {
      const { size } = await handle.stat();
      return {
        size,
        read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
        close: () => handle.close(),
      };
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
  link: (from, to) => link(from, to),
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
