import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { wholeResponses } from './whole-responses.js';

const KEEP_ALIVE = 60_000;

/** The sockets of one connection, so that they can be closed while kafkajs still waits for answers on them. */
export interface Sockets {
  readonly factory: ISocketFactory;
  /** Fails every request under way, and all that come. */
  destroy(): void;
}

export function sockets(): Sockets {
  const open = new Set<Socket>();
  let closed = false;
  // Without an error kafkajs would not notice, and go on waiting.
  const end = (socket: Socket) => socket.destroy(new Error('closed by this side'));
  return {
    factory({ host, port, ssl, onConnect }) {
      const options = typeof ssl === 'object' ? ssl : {};
      const socket = ssl
        ? connectTls({ host, port, ...(isIP(host) ? {} : { servername: host }), ...options }, onConnect)
        : connect({ host, port }, onConnect);
      socket.setKeepAlive(true, KEEP_ALIVE);
      socket.setNoDelay(true);
      // kafkajs ends one that is dead again with each try to connect, and each time Node listens for its coming back.
      socket.setMaxListeners(0);
      wholeResponses(socket);
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      // Not at once: nobody listens to it yet.
      if (closed) process.nextTick(end, socket);
      return socket;
    },
    destroy() {
      closed = true;
      for (const socket of open) end(socket);
    },
  };
}
