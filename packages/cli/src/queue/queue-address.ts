import type { Redis } from 'ioredis';
import { CommandError } from '../command-error.js';

/** A Redis server. */
export interface QueueAddress {
  /** With user and password, where it has some. */
  readonly url: string;
  /** For people: without them. */
  readonly shown: string;
}

/** A server that is there answers at once; one that a firewall hides never does. */
const timeoutMs = 5000;

/**
 * Reads the address of a Redis server.
 *
 * @param url as in `redis://user:password@host:6379/0`, or `rediss:` for TLS
 * @throws CommandError where it is no such URL
 */
export function parseQueueAddress(url: string): QueueAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['redis:', 'rediss:'].includes(parsed.protocol) || parsed.hostname === '') {
    throw new CommandError(`queue: expected a URL as redis://host:6379, got ${url}; rediss:// is the same with TLS`);
  }
  const shown = `${parsed.protocol}//${parsed.host}${parsed.pathname}`.replace(/\/$/, '');
  return { url, shown };
}

/** Connection options for BullMQ, which waits while the server is away and goes on when it is back. */
export const toConnection = ({ url }: QueueAddress) =>
  ({ url, connectTimeout: timeoutMs, maxRetriesPerRequest: null }) as const;

/**
 * Does something on a short connection.
 *
 * @throws CommandError where the server does not answer within seconds
 */
export async function withRedis<Result>(
  { url, shown }: QueueAddress,
  use: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const { Redis } = await import('ioredis');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  });
  // `connect` says only that the connection was closed; why, this event says.
  let reason = '';
  redis.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.message || error.code || '';
  });
  try {
    await redis.connect();
    return await use(redis);
  } catch (cause) {
    throw new CommandError(
      `queue: expected a Redis server at ${shown}, got: ${reason || String(cause)}; start redis-server there, or correct --queue`,
      { cause },
    );
  } finally {
    redis.disconnect();
  }
}

/**
 * Asks the server for a sign of life.
 *
 * @throws CommandError where none comes within seconds
 */
export const assertRedis = (address: QueueAddress): Promise<unknown> => withRedis(address, (redis) => redis.ping());
