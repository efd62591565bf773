import { posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/** Files outside this folder are not part of the site: a link to one becomes its name alone. */
export function outsideLinks(md: MarkdownRenderer): void {
  md.core.ruler.push('outside-links', ({ tokens, env }) => {
    const folder = posix.dirname(env.relativePath ?? '');
    for (const { children } of tokens) {
      let open = false;
      for (const token of children ?? []) {
        const target = token.attrGet('href');
        if (token.type === 'link_open' && target !== null && leaves(folder, target)) {
          open = true;
          Object.assign(token, { type: 'outside_open', tag: 'span', attrs: [['title', posix.join(folder, target)]] });
        } else if (token.type === 'link_close' && open) {
          open = false;
          Object.assign(token, { type: 'outside_close', tag: 'span' });
        }
      }
    }
  });
}

function leaves(folder: string, target: string): boolean {
  return !/^[a-z]+:|^[/#]/.test(target) && posix.join(folder, target).startsWith('..');
}
