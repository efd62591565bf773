import { ByteProxy } from '../../services/byte-proxy.js';
import type { Random } from '../random.js';

/** Bytes after which a connection is cut, wherever in a command or a reply that is. */
const LEAST = 3_000;
const MOST = 25_000;

/** Stands before a server of bytes and cuts each connection after some of them. */
export function cuttingProxy(port: number, random: Random, onCut: () => void): Promise<ByteProxy> {
  return ByteProxy.before(
    () => port,
    () => {
      let left = random.between(LEAST, MOST);
      return (bytes) => {
        const passed = Math.min(bytes, left);
        if (passed < bytes && left > 0) onCut();
        left = passed < bytes ? 0 : left - bytes;
        return passed;
      };
    },
  );
}
