import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';

const docs = new URL('../', import.meta.url);

/** A page's first heading, so that the sidebar cannot disagree with the page. */
function titleOf(file: string): string {
  const heading = /^# (.+)$/m.exec(readFileSync(new URL(file, docs), 'utf8'));
  if (!heading) throw new Error(`docs: ${file} has no "# " heading; give it one.`);
  return heading[1]!.replaceAll('`', '');
}

const page = (path: string) => ({ text: titleOf(`${path}.md`), link: `/${path.replace(/(^|\/)index$/, '$1')}` });
const section = (text: string, paths: readonly string[], collapsed?: boolean) => ({
  text,
  items: paths.map(page),
  ...(collapsed === undefined ? {} : { collapsed }),
});

const decisions = readdirSync(new URL('decisions/', docs))
  .filter((file) => file.endsWith('.md') && file !== 'index.md')
  .sort()
  .map((file) => `decisions/${file.slice(0, -3)}`);

const apiSidebar = new URL('api/typedoc-sidebar.json', docs);
const reference = existsSync(apiSidebar) ? JSON.parse(readFileSync(apiSidebar, 'utf8')) : [];

const handWritten = [
  {
    text: 'Start',
    items: [{ text: 'What sofd is', link: '/' }, ...['getting-started', 'cli', 'glossary'].map(page)],
  },
  section('Concepts', [
    'concepts/label-graph',
    'concepts/joint-embedding',
    'concepts/bi-level-weighting',
    'concepts/expansion',
    'concepts/relabelling',
    'concepts/what-a-score-means',
  ]),
  section('Guides', [
    'guides/deploy-in-a-browser',
    'guides/fine-tune-in-a-browser',
    'guides/data-sets',
    'guides/expand-across-machines',
    'guides/video',
    'guides/train',
    'guides/train-on-cuda',
    'guides/bring-your-own-clip',
    'guides/add-a-task',
    'guides/add-a-label-graph',
    'guides/add-a-backend',
    'guides/add-an-expansion',
    'guides/add-a-task-weighting',
    'guides/benchmarks',
  ]),
  section('Inside', ['architecture']),
  section('Decisions', ['decisions/index', ...decisions], true),
];

export default defineConfig({
  title: 'sofd',
  description: 'Semantics-oriented face-forgery detection for JavaScript.',
  lang: 'en',
  cleanUrls: false,
  srcExclude: ['README.md'],
  // A link that leads nowhere fails the build.
  ignoreDeadLinks: false,
  markdown: { theme: { light: 'github-light-high-contrast', dark: 'github-dark' } },
  // The search index is one chunk, loaded when the search box is opened.
  vite: { build: { chunkSizeWarningLimit: 2000 } },
  themeConfig: {
    nav: [
      { text: 'Getting started', link: '/getting-started' },
      { text: 'Concepts', link: '/concepts/label-graph', activeMatch: '/concepts/' },
      { text: 'Guides', link: '/guides/deploy-in-a-browser', activeMatch: '/guides/' },
      { text: 'Reference', link: '/api/', activeMatch: '/api/' },
    ],
    sidebar: {
      '/api/': [{ text: 'Reference', link: '/api/', items: reference }],
      '/': handWritten,
    },
    outline: [2, 3],
    search: { provider: 'local' },
    docFooter: { prev: 'Before', next: 'Next' },
  },
});
