import type { ConnectionSettings } from './connection-settings.js';

const HIDDEN = '***';
// Shorter ones would tear words apart, and the fields they could stand in are not logged.
const SHORTEST = 3;

/** Takes the credentials of a connection out of texts. */
export interface Secrets {
  /** One that is learned on the way, such as a token. */
  add(secret: string): void;
  hide(text: string): string;
}

/** Everything in `sasl`, and the key, passphrase and such of `ssl`, is a secret, user names included. */
export function secretsOf({ sasl, ssl }: Pick<ConnectionSettings, 'sasl' | 'ssl'>): Secrets {
  const known = new Set<string>();
  const add = (secret: unknown): void => {
    const text = typeof secret === 'string' ? secret : Buffer.isBuffer(secret) ? secret.toString('utf8') : '';
    if (text.length >= SHORTEST) known.add(text);
  };
  for (const [name, value] of Object.entries(sasl ?? {})) if (name !== 'mechanism') add(value);
  if (typeof ssl === 'object') {
    for (const value of [ssl.key, ssl.passphrase, ssl.pfx]) {
      for (const one of Array.isArray(value) ? value : [value]) add(one);
    }
  }
  return {
    add,
    hide(text) {
      let hidden = text;
      for (const secret of known) hidden = hidden.replaceAll(secret, HIDDEN);
      return hidden;
    },
  };
}
