/** All that a logger could find in an error: messages, stacks, own properties, causes. */
export function everything(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null || depth > 5) return String(value);
  return Object.getOwnPropertyNames(value)
    .map((name) => `${name}=${everything((value as Record<string, unknown>)[name], depth + 1)}`)
    .join('\n');
}
