import { type ReferencePage, referencePages } from '../.vitepress/reference.js';

/** By package: its public functions, with the first sentence of each. */
export interface ReferenceIndex {
  readonly package: string;
  readonly pages: readonly Pick<ReferencePage, 'name' | 'group' | 'summary'>[];
}

declare const data: readonly ReferenceIndex[];

export { data };

export default {
  load(): readonly ReferenceIndex[] {
    const packages = [...new Set(referencePages().map((page) => page.package))];
    return packages.map((name) => ({
      package: name,
      pages: referencePages()
        .filter((page) => page.package === name)
        .map((page) => ({ name: page.name, group: page.group, summary: page.summary })),
    }));
  },
};
