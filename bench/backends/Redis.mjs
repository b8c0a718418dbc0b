import { redis } from '../../dist/test/services/index.js'
import { server } from '../aims.mjs'
import { assertOne, bareClient } from '../contenders/bare-client.mjs'
import { bare, express, ours, peer } from '../contenders/contender.mjs'
import { ownClient } from '../contenders/own-client.mjs'

/** Each contender has a database of its own, as a scan goes through all keys of one. */
const urlOf = ({ server: { port }, number }) => `redis://127.0.0.1:${port}/${number}`

/** Writes only if nobody else did in between. */
const replace = `if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1`

function bareRedis(place, { conditional }) {
  const { Redis } = ownClient('ioredis')
  const client = new Redis(urlOf(place), { scripts: { replace: { lua: replace, numberOfKeys: 1 } } })
  const key = (id) => `bare:${id}`
  return bareClient({
    insert: (id, json, lifetime) => client.set(key(id), json, 'EX', lifetime, ...(conditional ? ['NX'] : [])),
    select: conditional
      ? async (id) => {
          const [[, json]] = await client.pipeline().get(key(id)).ttl(key(id)).exec()
          return json
        }
      : (id) => client.get(key(id)),
    update: conditional
      ? async (id, json, lifetime, before) => {
          assertOne(await client.replace(key(id), before, json, lifetime))
        }
      : (id, json, lifetime) => client.set(key(id), json, 'EX', lifetime),
    move: (id, lifetime) => client.expire(key(id), lifetime),
    async traverse(visit) {
      // A scan may give a key twice.
      const seen = new Set()
      let cursor = '0'
      do {
        const [next, keys] = await client.scan(cursor, 'MATCH', 'bare:*', 'COUNT', 1000)
        for (const found of keys) {
          if (conditional && seen.size === seen.add(found).size) continue
          visit(found.slice('bare:'.length))
        }
        cursor = next
      } while (cursor !== '0')
    },
    remove: (id) => client.unlink(key(id)),
    close: () => client.quit(),
  })
}

export default {
  service: 'redis',
  start: redis,
  aims: server,
  batch: 20,
  clients: ['ioredis', 'redis'],
  contenders: [
    bare('ioredis', (place) => bareRedis(place, { conditional: true })),
    bare('ioredis, blind', (place) => bareRedis(place, { conditional: false })),
    ours((place) => ({ dataSource: urlOf(place) })),
    express('connect-redis', 'redisStore'),
    peer('@keyv/redis', async (place) => {
      const { default: KeyvRedis } = await import('@keyv/redis')
      const { keyv } = await import('../contenders/keyv.mjs')
      return keyv(new KeyvRedis(urlOf(place)))
    }),
    peer('unstorage', async (place) => {
      const { default: driver } = await import('unstorage/drivers/redis')
      const { unstorage } = await import('../contenders/unstorage.mjs')
      return unstorage(driver({ url: urlOf(place), base: 'unstorage' }))
    }),
  ],
}
