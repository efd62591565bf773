import type { PartFiles, PartHandle } from '../sink/part-files.js';

/** Calls `before` with the name of each call and its path, and then does it. */
export function tapped(files: PartFiles, before: (call: string, path: string) => Promise<void> | void): PartFiles {
  const tap = async (call: string, path: string): Promise<void> => before(call, path);
  const tappedHandle = (handle: PartHandle, path: string): PartHandle => ({
    async write(bytes) {
      await tap('write', path);
      await handle.write(bytes);
    },
    async sync() {
      await tap('sync', path);
      await handle.sync();
    },
    async close() {
      await tap('close', path);
      await handle.close();
    },
  });
  return {
    async entry(path) {
      await tap('entry', path);
      return files.entry(path);
    },
    async mkdir(path) {
      await tap('mkdir', path);
      await files.mkdir(path);
    },
    async readdir(path) {
      await tap('readdir', path);
      return files.readdir(path);
    },
    async create(path) {
      await tap('create', path);
      return tappedHandle(await files.create(path), path);
    },
    async continue(path, bytes) {
      await tap('continue', path);
      return tappedHandle(await files.continue(path, bytes), path);
    },
    async copy(from, to, bytes) {
      await tap('copy', from);
      await files.copy(from, to, bytes);
    },
    async append(path, line) {
      await tap('append', path);
      await files.append(path, line);
    },
    async read(path) {
      await tap('read', path);
      return files.read(path);
    },
    async rename(from, to) {
      await tap('rename', to);
      await files.rename(from, to);
    },
    async unlink(path) {
      await tap('unlink', path);
      await files.unlink(path);
    },
    async rmdir(path) {
      await tap('rmdir', path);
      await files.rmdir(path);
    },
    async syncDirectory(path) {
      await tap('syncDirectory', path);
      await files.syncDirectory(path);
    },
  };
}
