import { referencePages } from '../../.vitepress/reference.js';

export default {
  paths: () =>
    referencePages().map(({ package: packageName, name, markdown }) => ({
      params: { package: packageName, name },
      content: markdown,
    })),
};
