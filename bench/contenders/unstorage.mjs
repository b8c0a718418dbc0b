import { createStorage } from 'unstorage'
import { LIFETIME } from './bare-record.mjs'
import { keyValue } from './key-value.mjs'

/** unstorage on one of its drivers. */
export function unstorage(driver) {
  const storage = createStorage({ driver })
  return keyValue({
    get: (id) => storage.getItem(id),
    set: (id, value, ttl = LIFETIME) => storage.setItem(id, value, { ttl }),
    list: async () => (await storage.getKeys()).length,
    remove: (id) => storage.removeItem(id),
    close: () => storage.dispose(),
  })
}

/** unstorage on a connector of db0, which knows no expiry. */
export async function unstorageOnSql(connector, tableName) {
  const { default: db0Driver } = await import('unstorage/drivers/db0')
  const { createDatabase } = await import('db0')
  // It says on the console that it is experimental.
  globalThis['__unstorage_db0_experimental_warning__'] = true
  const database = createDatabase(connector)
  const contender = unstorage(db0Driver({ database, tableName }))
  return {
    ...contender,
    async close() {
      await contender.close()
      await database.dispose()
    },
  }
}
