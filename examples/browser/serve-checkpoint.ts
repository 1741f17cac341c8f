import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Connect, Plugin } from 'vite';

/** Serves a checkpoint folder under `/checkpoint/` to `vite` and `vite preview`; a site copies the folder beside the page. */
export function serveCheckpoint(folder: string): Plugin {
  const handler: Connect.NextHandleFunction = (request, response, next) => {
    const [path = ''] = (request.url ?? '').split('?');
    const file = join(folder, basename(path));
    stat(file).then(
      (found) => {
        if (!found.isFile()) return next();
        response.setHeader('Content-Type', path.endsWith('.json') ? 'application/json' : 'application/octet-stream');
        createReadStream(file).pipe(response);
      },
      () => {
        response.statusCode = 404;
        response.end();
      },
    );
  };
  const mount = ({ middlewares }: { middlewares: Connect.Server }) => {
    middlewares.use('/checkpoint/', handler);
  };
  return { name: 'serve-checkpoint', configureServer: mount, configurePreviewServer: mount };
}
