import { memcached } from '../../dist/test/services/index.js'
import { server } from '../aims.mjs'
import { bareClient } from '../contenders/bare-client.mjs'
import { bare, ours } from '../contenders/contender.mjs'
import { ownClient } from '../contenders/own-client.mjs'

const addressOf = ({ server: { port } }) => `127.0.0.1:${port}`

/** Blind: memjs has no conditional write. Nor does it list; that is left to the driver, beside nothing. */
function bareMemcached(place) {
  const client = ownClient('memjs').Client.create(addressOf(place), { retries: 0, timeout: 20 })
  const key = (id) => `bare:${id}`
  return bareClient({
    insert: (id, json, lifetime) => client.add(key(id), json, { expires: lifetime }),
    select: async (id) => (await client.get(key(id))).value.toString(),
    update: (id, json, lifetime) => client.set(key(id), json, { expires: lifetime }),
    move: (id, lifetime) => client.touch(key(id), lifetime),
    remove: (id) => client.delete(key(id)),
    close: () => client.close(),
  })
}

export default {
  service: 'memcached',
  start: () => memcached(['-m', '1024']),
  aims: server,
  batch: 20,
  clients: ['memjs'],
  contenders: [
    bare('memjs, blind', bareMemcached),
    ours((place) => ({ dataSource: addressOf(place), prefix: 'ours:' })),
  ],
}
