import { join } from 'node:path'
import { KeyvSqlite } from '@keyv/sqlite'
import { keyv } from './keyv.mjs'
import { openSqlite } from './sqlite-client.mjs'

export async function keyvSqlite({ folder }) {
  const uri = `sqlite://${join(folder, 'keyv.sqlite')}`
  const adapter = new KeyvSqlite({ uri, driver: clientLikeOurs })
  return keyv(adapter, { purge: () => adapter.clearExpired() })
}

/** The adapter's own drivers do the same with other clients and another durability. */
const clientLikeOurs = {
  name: 'custom',
  async connect({ filename }) {
    const database = await openSqlite(filename)
    return {
      async query(sql, ...values) {
        const statement = database.prepare(sql)
        if (/^\s*(select|pragma)|\breturning\b/i.test(sql)) return statement.all(...values)
        statement.run(...values)
        return []
      },
      async close() {
        database.close()
      },
    }
  },
}
