import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { KeyvSqlite } from '@keyv/sqlite'
import { Keyv } from 'keyv'
import { LIFETIME } from './bare-record.mjs'
import { openSqlite } from './sqlite-client.mjs'

/** keyv has no touch, so the value is read and set again. */
export async function keyvSqlite({ folder }) {
  const path = join(folder, 'keyv.sqlite')
  const adapter = new KeyvSqlite({ uri: `sqlite://${path}`, driver: clientLikeOurs })
  const keyv = new Keyv({ store: adapter, ttl: LIFETIME * 1000 })
  keyv.on('error', (error) => {
    throw error
  })
  const create = async (params, ttl) => {
    const id = randomUUID()
    await keyv.set(id, params, ttl)
    return id
  }
  const change = async (id, edit) => {
    const session = await keyv.get(id)
    edit(session)
    await keyv.set(id, session)
  }
  return {
    create: (params) => create(params),
    createExpired: (params) => create(params, 1),
    load: async (id) => (await keyv.get(id)).visits,
    readInside: async (id) => (await keyv.get(id)).cart.items.length,
    change: (id, n) => change(id, (session) => (session.visits = n)),
    changeInside: (id, n) => change(id, (session) => (session.cart.items[0].quantity = n)),
    touch: async (id, lifetime) => keyv.set(id, await keyv.get(id), lifetime * 1000),
    async list() {
      let count = 0
      for await (const entry of keyv.iterator()) if (entry) count++
      return count
    },
    purge: () => adapter.clearExpired(),
    remove: (id) => keyv.delete(id),
    close: () => keyv.disconnect(),
  }
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
