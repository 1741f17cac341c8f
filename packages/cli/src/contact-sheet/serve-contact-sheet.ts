import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { FolderDataset } from '@sofd/dataset/node';
import { renderContactSheet } from '@sofd/evaluation/report';
import { CommandError } from '../command-error.js';
import { collectContactSheet, createShowable, type PictureOf } from './collect-contact-sheet.js';

/** Only this machine can reach it. */
const host = '127.0.0.1';

/** What is served and where. */
export interface ServeContactSheetOptions {
  /** Data set folder. */
  readonly data: string;
  readonly dataset: FolderDataset;
  /** 0 for any free one. */
  readonly port: number;
  /** Images of each mode at most. */
  readonly perMode: number;
  /** Draws the first sample. */
  readonly seed: number;
}

/** A running server. */
export interface ContactSheetServer {
  readonly url: string;
  close(): Promise<void>;
}

/** A file that may be sent. */
type FindPicture = (path: string, id: string) => { readonly path: string; readonly type: string } | null;

const types: Readonly<Record<string, string>> = { '.png': 'image/png', '.jpg': 'image/jpeg', '.webp': 'image/webp' };

const servePictures: PictureOf = async ({ id }, kind) => ({ path: `/${kind}?${new URLSearchParams({ id })}` });

/** Ids are looked up among the rows, and the rows name the files: no part of a URL becomes part of a path. */
function createFindPicture({ data, dataset }: ServeContactSheetOptions): FindPicture {
  const isShowable = createShowable(dataset);
  const byId = new Map(dataset.rows.map((row) => [row.id, row]));
  return (path, id) => {
    const row = byId.get(id);
    if (row === undefined || !isShowable(row)) return null;
    const file = path === '/image' ? row.file_name : path === '/mask' ? row.mask : null;
    const type = file === null ? undefined : types[extname(file).toLowerCase()];
    return file === null || type === undefined ? null : { path: join(data, file), type };
  };
}

const headers = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
};

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
}

/** Seeds are whole numbers, as on the command line. */
function parseSeed(text: string | null, fallback: number): number | null {
  if (text === null) return fallback;
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

interface Exchange {
  readonly query: URLSearchParams;
  readonly response: ServerResponse;
}

async function sendSheet({ query, response }: Exchange, options: ServeContactSheetOptions): Promise<void> {
  const { dataset, perMode } = options;
  const seed = parseSeed(query.get('seed'), options.seed);
  if (seed === null) {
    sendText(response, 400, 'Expected a seed that is a whole number.');
    return;
  }
  const sheet = await collectContactSheet(dataset, { perMode, seed, pictureOf: servePictures });
  const page = await renderContactSheet({ ...sheet, next: `/?seed=${seed + 1}` });
  response.writeHead(200, { ...headers, 'content-type': 'text/html; charset=utf-8' }).end(page);
}

function sendPicture(response: ServerResponse, picture: ReturnType<FindPicture>): void {
  if (picture === null) {
    sendText(response, 404, 'There is no such picture.');
    return;
  }
  const stream = createReadStream(picture.path);
  stream.once('open', () => {
    response.writeHead(200, { ...headers, 'content-type': picture.type });
    stream.pipe(response);
  });
  stream.once('error', () => {
    if (response.headersSent) response.destroy();
    else sendText(response, 404, 'The file is gone.');
  });
  response.once('close', () => stream.destroy());
}

/** Why a request is not answered, if so. */
function refuse({ method, headers: { host: name = '' } }: IncomingMessage): [status: number, text: string] | null {
  if (method !== 'GET' && method !== 'HEAD') return [405, 'Only GET is served.'];
  // A page elsewhere could otherwise point a name of its own at this machine and read the faces.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(name)) return [403, 'Expected the host 127.0.0.1 or localhost.'];
  return null;
}

function createHandler(options: ServeContactSheetOptions) {
  const find = createFindPicture(options);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = refuse(request);
    const [path = '', search = ''] = (request.url ?? '').split('?', 2);
    const query = new URLSearchParams(search);
    if (refusal !== null) sendText(response, ...refusal);
    else if (path === '/favicon.ico') response.writeHead(204, headers).end();
    else if (path === '/') await sendSheet({ query, response }, options);
    else sendPicture(response, find(path, query.get('id') ?? ''));
  };
}

async function listen(server: Server, port: number): Promise<number> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'one that is in use' : String(cause);
    throw new CommandError(
      `dataset show: expected a free port, got ${port}, ${reason}; give another --port, or none for any free one.`,
      { cause },
    );
  }
  return (server.address() as AddressInfo).port;
}

/**
 * Serves the contact sheet of a data set to this machine: `/?seed=N` draws, `/image?id=ID` and `/mask?id=ID` are the files of a row.
 *
 * @param options - see {@link ServeContactSheetOptions}
 * @throws {CommandError} where the port is taken
 */
export async function serveContactSheet(options: ServeContactSheetOptions): Promise<ContactSheetServer> {
  const handle = createHandler(options);
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendText(response, 500, String(error));
    });
  });
  const port = await listen(server, options.port);
  return {
    url: `http://${host}:${port}/`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
