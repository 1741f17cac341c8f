import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { AbortedError, CheckpointFormatError } from '@sofd/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fetchCheckpoint } from './fetch-checkpoint.js';

const weights = Uint8Array.from({ length: 300_000 }, (_, index) => (index * index) % 251);
const expected = { bytes: weights.length, sha256: '0'.repeat(64) };
const name = 'model.safetensors';

let server: Server;
let folder: string;
let answer: (response: ServerResponse) => void;
let requests: string[];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  folder = `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/demo`;
});
beforeEach(() => {
  requests = [];
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const read = (options = {}) => fetchCheckpoint(folder).read(name, { expected, ...options });

/** The message of the error that reading ends with. */
async function failure(options = {}): Promise<string> {
  const error = await read(options).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CheckpointFormatError);
  return (error as Error).message;
}

describe('weights on a server', () => {
  it.each([
    ['with its length', {}, weights],
    ['in chunks without a length', { 'Transfer-Encoding': 'chunked' }, weights],
    ['compressed', { 'Content-Encoding': 'gzip' }, gzipSync(weights)],
  ])('arrive whole %s, with growing progress up to their size', async (_, headers, body) => {
    answer = (response) => response.writeHead(200, headers).end(body);
    const arrived: number[] = [];
    const bytes = await read({ onBytes: (count: number) => arrived.push(count) });
    expect(Buffer.compare(bytes, weights)).toBe(0);
    expect(bytes.buffer.byteLength).toBe(weights.length);
    expect(arrived.length).toBeGreaterThan(1);
    expect(arrived).toEqual(arrived.toSorted((a, b) => a - b));
    expect(arrived.at(-1)).toBe(weights.length);
    expect(requests).toEqual(['/models/demo/model.safetensors']);
  });

  it('that break off are an error with what had arrived and what to do', async () => {
    answer = (response) => {
      response.writeHead(200, { 'Content-Length': weights.length });
      response.write(weights.subarray(0, 100_000), () => response.destroy());
    };
    expect(await failure()).toMatch(/got \d{1,6} of 300000 bytes and then an interruption \(.+\); load it again/);
  });

  it('that are shorter or longer than the manifest says are an error', async () => {
    answer = (response) => response.end('version https://git-lfs.github.com/spec/v1');
    expect(await failure()).toContain('got only 42 of 300000 bytes; load it again');
    answer = (response) => response.end(weights);
    expect(await failure({ expected: { ...expected, bytes: 1000 } })).toContain('got more than 1000 bytes');
  });

  it('for which there is no memory are an error', async () => {
    answer = (response) => response.end(weights);
    expect(await failure({ expected: { ...expected, bytes: Number.MAX_SAFE_INTEGER } })).toContain('no memory');
  });

  it('in whose place there is a web page, nothing or no server are an error with the address', async () => {
    answer = (response) => response.setHeader('Content-Type', 'text/html; charset=utf-8').end('<!doctype html>');
    expect(await failure()).toContain(`expected ${name} at ${folder}/${name}, got a web page; check the address`);
    answer = (response) => response.writeHead(404).end();
    expect(await failure()).toContain('status 404');
    const nowhere = fetchCheckpoint('http://127.0.0.1:1/').read(name, { expected });
    await expect(nowhere).rejects.toThrow(/no answer \(.+\); check the address/);
  });

  it('end where they are when aborted, before, during and after the first byte', async () => {
    await expect(read({ signal: AbortSignal.abort('enough') })).rejects.toMatchObject({ cause: 'enough' });
    const controller = new AbortController();
    answer = () => controller.abort();
    await expect(read({ signal: controller.signal })).rejects.toBeInstanceOf(AbortedError);
    const later = new AbortController();
    const closed = new Promise((resolve) => {
      answer = (response) => {
        response.once('close', resolve);
        response.writeHead(200, { 'Content-Length': weights.length }).write(weights.subarray(0, 1000));
      };
    });
    await expect(read({ signal: later.signal, onBytes: () => later.abort() })).rejects.toBeInstanceOf(AbortedError);
    await closed; // the server no longer sends what nobody reads
  });
});

it('reads a manifest, of which nothing is known, and says where it breaks off', async () => {
  const source = fetchCheckpoint(`${folder}/`);
  answer = (response) => response.end('{}');
  expect(new TextDecoder().decode(await source.read('manifest.json'))).toBe('{}');
  answer = (response) => {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('{', () => response.destroy());
  };
  await expect(source.read('manifest.json')).rejects.toThrow(/manifest\.json at .* got an interruption/);
});
