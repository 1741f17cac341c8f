// Serves folders on 127.0.0.1 the way a page with wasm threads has to be served.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';

const types = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

/** Without these a browser gives the page no shared memory, and wasm one thread. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

/** The file of a request path: below the folder of the longest mount that fits, never outside it. */
function fileOf(mounts, path) {
  const [mount, target] =
    mounts.find(([prefix]) => path === prefix || (prefix.endsWith('/') && path.startsWith(prefix))) ?? [];
  if (mount === undefined) return null;
  if (!mount.endsWith('/')) return target;
  const file = normalize(join(target, path.slice(mount.length) || 'index.html'));
  return file.startsWith(normalize(target + sep)) ? file : null;
}

/**
 * @param {Record<string, string>} mounted folder by path prefix (`/checkpoint/`), or file by path (`/photo.png`)
 * @returns {Promise<{ origin: string, close(): Promise<void> }>} on a free port
 */
export async function serve(mounted) {
  const mounts = Object.entries(mounted).sort(([a], [b]) => b.length - a.length);
  const server = createServer(async (request, response) => {
    try {
      const file = fileOf(mounts, decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
      const { size } = await stat(file ?? '');
      response.writeHead(200, {
        ...headers,
        'Content-Type': types[extname(file)] ?? 'application/octet-stream',
        'Content-Length': size,
      });
      createReadStream(file).pipe(response);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}
