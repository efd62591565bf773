import { afterAll } from 'vitest';
import { ByteProxy } from '../services/byte-proxy.js';
import type { ProxiedServer } from './proxied-endpoint.js';

/** A proxy for the suite that it is called in. */
export async function behindProxy(endpoint: () => string): Promise<ProxiedServer> {
  const line = await ByteProxy.before(() => Number(new URL(endpoint()).port));
  afterAll(() => line.close());
  const proxy = (): string => {
    const url = new URL(endpoint());
    url.port = `${line.port}`;
    return url.href;
  };
  return { url: endpoint, proxy, cut: () => line.cut() };
}
