import type { Socket } from 'node:net';

/** Every response begins with the number of bytes that follow. */
const SIZE_BYTES = 4;

type OnData = (data: Buffer) => void;

/**
 * Gives listeners of the socket whole responses only. kafkajs keeps the beginning of one that was cut off by the end of its socket, and
 * takes what comes on the next socket for the rest: it then throws where nobody can catch, or waits for answers that it cannot see.
 */
export function wholeResponses(socket: Socket): void {
  const on = socket.on.bind(socket) as (event: string, listener: (...values: never[]) => void) => Socket;
  socket.on = (event: string, listener: (...values: never[]) => void) =>
    on(event, event === 'data' ? whole(socket, listener as OnData) : listener);
}

function whole(socket: Socket, listener: OnData): OnData {
  let parts: Buffer[] = [];
  let held = 0;
  /** Bytes that are held when the response in them is whole, or its size can be told. */
  let needed = SIZE_BYTES;
  return (chunk) => {
    parts.push(chunk);
    held += chunk.length;
    if (held < needed) return;
    const bytes = parts.length === 1 ? chunk : Buffer.concat(parts, held);
    let end = 0;
    needed = SIZE_BYTES;
    while (end + SIZE_BYTES <= held) {
      const size = bytes.readInt32BE(end);
      if (size < 0) {
        socket.destroy(new Error('what answers is no broker'));
        return;
      }
      if (end + SIZE_BYTES + size > held) {
        needed = SIZE_BYTES + size;
        break;
      }
      end += SIZE_BYTES + size;
    }
    const rest = bytes.subarray(end);
    parts = rest.length === 0 ? [] : [rest];
    held = rest.length;
    if (end > 0) listener(end === bytes.length ? bytes : bytes.subarray(0, end));
  };
}
