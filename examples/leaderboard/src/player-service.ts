import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { Lookup, Player } from './pipeline.js';
import { PLAYERS, playerOf } from './players.js';

export interface PlayerService {
  readonly url: string;
  /** Answers of all kinds, and how many of them were refusals. */
  counts(): { readonly asked: number; readonly refused: number; readonly hung: number };
  close(): Promise<void>;
}

/** A service as they are: it needs some milliseconds, one answer in fifteen is a 503, and one in two hundred does not come at all. */
export async function startPlayerService(): Promise<PlayerService> {
  let asked = 0;
  let refused = 0;
  let hung = 0;
  const server = createServer(async (request, response) => {
    const turn = ++asked;
    const player = Number(request.url?.match(/^\/players\/(\d+)$/)?.[1] ?? Number.NaN);
    await wait(2 + (turn % 7));
    if (turn % 200 === 0) {
      hung++;
      return;
    }
    if (turn % 15 === 0) {
      refused++;
      response.writeHead(503).end();
    } else if (player < PLAYERS) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(playerOf(player)));
    } else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts: () => ({ asked, refused, hung }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export function httpLookup(url: string): Lookup {
  return async (player, signal) => {
    const response = await fetch(`${url}/players/${player}`, { signal });
    if (!response.ok) {
      await response.body?.cancel();
      throw new Error(`The player service answers ${response.status}.`);
    }
    return (await response.json()) as Player;
  };
}
