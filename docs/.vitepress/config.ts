import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DefaultTheme, defineConfig } from 'vitepress';
import { root } from '../../test/tasks/root.js';
import { outsideLinks } from './outside-links.js';
import { referencePages } from './reference.js';

const GUIDES: readonly (readonly [text: string, pages: readonly (readonly [text: string, page: string])[]])[] = [
  [
    'Start',
    [
      ['Tutorial: from an RxJS app to an exactly-once job', 'tutorial'],
      ['From Flink', 'from-flink'],
      ['From Kafka Streams', 'from-kafka-streams'],
      ['RxJS operators and their counterparts', 'rxjs-counterparts'],
    ],
  ],
  [
    'Concepts',
    [
      ['Event time', 'concepts/event-time'],
      ['Windows', 'concepts/windows'],
      ['State', 'concepts/state'],
      ['Checkpoints', 'concepts/checkpoints'],
      ['Guarantees', 'concepts/guarantees'],
      ['Joins', 'concepts/joins'],
      ['Testing', 'concepts/testing'],
    ],
  ],
  [
    'Guides',
    [
      ['Guarantees, pair by pair', 'guarantees'],
      ['Performance', 'performance'],
      ['Write an operator', 'write-an-operator'],
      ['Write a connector', 'write-a-connector'],
      ['Error codes', 'errors'],
      ['Working on Sluice', 'contributing'],
    ],
  ],
];

export default defineConfig({
  title: 'Sluice',
  description: 'Stateful, event-time, exactly-once stream processing in RxJS',
  cleanUrls: true,
  srcExclude: ['README.md'],
  markdown: { config: outsideLinks },
  themeConfig: {
    nav: [
      { text: 'Tutorial', link: '/tutorial' },
      { text: 'Reference', link: '/reference/' },
      { text: 'Error codes', link: '/errors' },
    ],
    sidebar: [
      ...GUIDES.map(([text, pages]) => ({
        text,
        items: pages.filter(isWritten).map(([title, page]) => ({ text: title, link: `/${page}` })),
      })),
      { text: 'Reference', collapsed: true, items: referenceSidebar() },
    ],
    search: { provider: 'local' },
    outline: 'deep',
  },
});

function isWritten([, page]: readonly [string, string]): boolean {
  return existsSync(join(root, 'docs', `${page}.md`));
}

/** By package and folder. */
function referenceSidebar(): DefaultTheme.SidebarItem[] {
  const packages = new Map<string, Map<string, DefaultTheme.SidebarItem[]>>();
  for (const { package: packageName, group, name } of referencePages()) {
    const groups = packages.get(packageName) ?? new Map<string, DefaultTheme.SidebarItem[]>();
    packages.set(packageName, groups);
    groups.set(group, [...(groups.get(group) ?? []), { text: name, link: `/reference/${packageName}/${name}` }]);
  }
  return [...packages].map(([text, groups]) => ({
    text: `@sluice/${text}`,
    collapsed: true,
    items:
      groups.size === 1
        ? [...groups.values()].flat()
        : [...groups].map(([group, items]) => ({ text: group === '' ? 'more' : group, collapsed: true, items })),
  }));
}
