import { randomUUID } from 'node:crypto'
import { edited, freeze, LIFETIME, now } from './bare-record.mjs'

/** A Map of JSON texts, each with its time of expiry beside it. */
export function bareMemory() {
  const records = new Map()
  const create = (params, lifetime) => {
    const id = randomUUID()
    records.set(id, { json: freeze(id, params), expires: now() + lifetime })
    return id
  }
  const change = (id, edit) => {
    const record = records.get(id)
    record.json = edited(record.json, edit)
    record.expires = now() + LIFETIME
  }
  return {
    create: (params) => create(params, LIFETIME),
    createExpired: (params) => create(params, -10),
    load: (id) => JSON.parse(records.get(id).json).visits,
    readInside: (id) => JSON.parse(records.get(id).json).cart.items.length,
    change: (id, n) => change(id, (session) => (session.visits = n)),
    changeInside: (id, n) => change(id, (session) => (session.cart.items[0].quantity = n)),
    touch(id, lifetime) {
      records.get(id).expires = now() + lifetime
    },
    traverse(visit) {
      for (const id of records.keys()) visit(id)
    },
    purge() {
      const before = records.size
      const time = now()
      for (const [id, { expires }] of records) if (expires < time) records.delete(id)
      return before - records.size
    },
    remove: (id) => records.delete(id),
    close() {},
  }
}
