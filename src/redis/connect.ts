import { InvalidOptionError } from '../errors.ts'
import { NoAnswer } from '../remote/failures.ts'
import { makeClient } from './client.ts'
import { isAnswer, storageError } from './failures.ts'
import { type IORedis, IORedisLink, isIORedis } from './ioredis.ts'
import type { RedisLink } from './link.ts'
import type { Location } from './location.ts'
import { isNodeRedis, NodeRedisLink } from './node-redis.ts'

/**
 * A connection of our own, made.
 *
 * @param timeout for how many milliseconds to try
 * @throws StorageError when Redis cannot be reached in time, or refuses
 */
export async function connect(location: Location, timeout: number): Promise<RedisLink> {
  const client = await makeClient(location, timeout)
  const link = new IORedisLink(client, 'driver')
  try {
    await ready(client, link, timeout)
  } catch (error) {
    await link.close()
    throw storageError(location.called, timeout, error)
  }
  return link
}

/**
 * The user's client, or what a function of the user's answers.
 *
 * @throws InvalidOptionError when it is something else
 */
export async function handedIn(cache: unknown): Promise<RedisLink> {
  const client: unknown = typeof cache === 'function' ? await (cache as () => unknown)() : cache
  if (isIORedis(client)) return new IORedisLink(client, 'user')
  if (isNodeRedis(client)) return new NodeRedisLink(client)
  throw new InvalidOptionError(
    'cache must be a client of ioredis or of node-redis, or a function that gives one',
  )
}

/** Waits for the client, which tries again and again; only what Redis itself says ends that early. */
function ready(client: IORedis, link: RedisLink, timeout: number): Promise<void> {
  return new Promise((settle, fail) => {
    const end = (outcome: () => void) => {
      clearTimeout(timer)
      client.off('ready', onReady)
      client.off('error', onError)
      outcome()
    }
    const onReady = () => end(settle)
    const onError = (error: unknown) => {
      if (isAnswer(error) || isAnswer(Object(error).lastNodeError)) end(() => fail(error))
    }
    const timer = setTimeout(() => {
      end(() => fail(new NoAnswer('did not answer', link.trouble && { cause: link.trouble })))
    }, timeout)
    client.on('ready', onReady)
    client.on('error', onError)
    client.connect().catch(() => {}) // There is an event for that.
  })
}
