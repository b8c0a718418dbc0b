import { Keyv } from 'keyv'
import { LIFETIME } from './bare-record.mjs'
import { keyValue } from './key-value.mjs'

/**
 * keyv on one of its adapters.
 *
 * @param extra `purge`, if there is one
 */
export function keyv(adapter, extra = {}) {
  const store = new Keyv({ store: adapter, ttl: LIFETIME * 1000, namespace: 'session' })
  store.on('error', (error) => {
    throw error
  })
  return keyValue({
    get: (id) => store.get(id),
    set: (id, value, seconds) => store.set(id, value, seconds && seconds * 1000),
    async list() {
      let count = 0
      for await (const entry of store.iterator()) if (entry) count++
      return count
    },
    remove: (id) => store.delete(id),
    close: () => store.disconnect(),
    ...extra,
  })
}
