import type { FindJob } from '@sofd/dataset/node';
import { describe, expect, test } from 'vitest';
import { parseQueueAddress } from './queue-address.js';
import { mapPath, nameJob, toQueueJob } from './queue-job.js';

const job: FindJob = {
  kind: 'find',
  key: 'abc',
  input: 'photos',
  work: '/shared/.data.partial/0123',
  item: { id: 'a.jpg', kind: 'image', files: ['a.jpg'], hash: 'f' },
  fakes: [],
};

describe('mapPath', () => {
  const roots = [
    { from: '/shared', to: '/mnt/nas' },
    { from: '/shared/photos/', to: '/fast' },
  ];
  test.each([
    ['/shared/data', '/mnt/nas/data'],
    ['/shared', '/mnt/nas'],
    ['/shared/photos/a.jpg', '/fast/a.jpg'],
    ['/shared-by-others/data', '/shared-by-others/data'],
    ['/home/data', '/home/data'],
  ])('%s is %s', (path, expected) => expect(mapPath(path, roots)).toBe(expected));

  test('takes the root of the file system too', () => {
    expect(mapPath('/shared/data', [{ from: '/', to: '/mnt' }])).toBe('/mnt/shared/data');
    expect(mapPath('/mnt/data', [{ from: '/mnt', to: '/' }])).toBe('/data');
    expect(mapPath('/mnt', [{ from: '/mnt', to: '/' }])).toBe('/');
  });
});

describe('nameJob', () => {
  test('is the same for the same job, and another for that of another output', () => {
    expect(nameJob({ ...job, input: '/elsewhere' })).toBe(nameJob(job));
    expect(nameJob({ ...job, work: '/shared/.other.partial/0123' })).not.toBe(nameJob(job));
    expect(nameJob({ ...job, key: 'abd' })).not.toBe(nameJob(job));
    // BullMQ joins names to keys with colons.
    expect(nameJob(job)).not.toContain(':');
  });
});

test('a queued job is plain JSON with absolute paths', () => {
  const queued = toQueueJob(job, 'wasm');
  expect(JSON.parse(JSON.stringify(queued))).toEqual(queued);
  expect(queued.job.input).toMatch(/^(\/|[A-Z]:\\).*photos$/);
});

describe('parseQueueAddress', () => {
  test('shows the server without user and password', () => {
    const url = 'rediss://me:secret@example.org:7000/2';
    expect(parseQueueAddress(url)).toEqual({ url, shown: 'rediss://example.org:7000/2' });
    expect(parseQueueAddress('redis://localhost/').shown).toBe('redis://localhost');
  });

  test.each(['localhost:6379', 'http://localhost:6379', 'redis://', ''])('refuses %j', (url) => {
    expect(() => parseQueueAddress(url)).toThrow(/expected a URL as redis:\/\/host:6379/);
  });
});
