import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Connect, Plugin } from 'vite';

/** Serves the files of some folders under paths beside the page to `vite` and `vite preview`; a site copies the folders there. */
export function serveBeside(folders: Readonly<Record<string, string>>): Plugin {
  const serve =
    (folder: string): Connect.NextHandleFunction =>
    (request, response) => {
      const [path = ''] = (request.url ?? '').split('?');
      const file = join(folder, basename(path));
      stat(file).then(
        () => createReadStream(file).pipe(response),
        () => {
          response.statusCode = 404;
          response.end();
        },
      );
    };
  const mount = ({ middlewares }: { middlewares: Connect.Server }) => {
    for (const [path, folder] of Object.entries(folders)) middlewares.use(path, serve(folder));
  };
  return { name: 'serve-beside', configureServer: mount, configurePreviewServer: mount };
}
