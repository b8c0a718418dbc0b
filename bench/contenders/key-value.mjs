import { randomUUID } from 'node:crypto'

/**
 * A store of values under keys that is no session store. It has no touch, so the value is read and set again.
 *
 * @param store `get(id)`, `set(id, value, seconds)` (none: the usual lifetime), `list()` → how many, `remove(id)`,
 * `close()`; `purge()` if there is one
 */
export function keyValue({ get, set, purge, ...others }) {
  const create = async (params, seconds) => {
    const id = randomUUID()
    await set(id, params, seconds)
    return id
  }
  const change = async (id, edit) => {
    const session = await get(id)
    edit(session)
    await set(id, session)
  }
  return {
    ...others,
    create: (params) => create(params),
    load: async (id) => (await get(id)).visits,
    readInside: async (id) => (await get(id)).cart.items.length,
    change: (id, n) => change(id, (session) => (session.visits = n)),
    changeInside: (id, n) => change(id, (session) => (session.cart.items[0].quantity = n)),
    touch: async (id, seconds) => set(id, await get(id), seconds),
    ...(purge && { createExpired: (params) => create(params, 0.001), purge }),
  }
}
