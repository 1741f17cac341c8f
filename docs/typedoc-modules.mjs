import { readFileSync } from 'node:fs';
import { Comment, Converter, ReflectionKind } from 'typedoc';
import { MarkdownPageEvent } from 'typedoc-plugin-markdown';

/** What package.json says of a package. */
function describePackage(folder) {
  const manifest = new URL(`../packages/${folder}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).description;
}

const summaryOf = (module) => Comment.combineDisplayParts(module.comment?.summary ?? []).replaceAll(/\s+/g, ' ');

/** Names modules as users import them, packages/tensor/src/training as @sofd/tensor/training, and lists them with their purpose. */
export function load(app) {
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (_context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const match = /^(?:packages\/)?([^/]+)\/src(?:\/(.+))?$/.exec(reflection.name);
    if (!match) return;
    const [, folder, subpath] = match;
    reflection.name = `@sofd/${folder}${subpath ? `/${subpath}` : ''}`;
    if (!subpath) reflection.comment ??= new Comment([{ kind: 'text', text: describePackage(folder) }]);
  });
  app.renderer.on(MarkdownPageEvent.END, (page) => {
    if (page.url !== 'index.md') return;
    const rows = page.model.children.map(
      (module) => `| [${module.name}](${module.name}/index.md) | ${summaryOf(module)} |`,
    );
    page.contents = ['# Reference', '', '| import from | what it is |', '|---|---|', ...rows, ''].join('\n');
  });
  dropKnownNoise(app.logger);
}

/** A type that is inferred from a schema has its one comment at two reflections; typedoc reports every such property. */
function dropKnownNoise(logger) {
  for (const [level, isNoise] of [
    ['warn', (text) => text.includes('has multiple declarations with a comment')],
    ['info', (text) => text.startsWith('The comments for ')],
  ]) {
    const log = logger[level].bind(logger);
    logger[level] = (text, ...rest) => {
      if (!isNoise(text)) log(text, ...rest);
    };
  }
}
