import { randomUUID } from 'node:crypto'
import { edited, freeze, LIFETIME, now } from './bare-record.mjs'

/**
 * A client alone, doing on records of JSON what a program without a library would do.
 *
 * @param calls `insert(id, json, lifetime)`, `select(id)` → json, `update(id, json, lifetime, before)` where `before` is
 * the json that was read, `move(id, lifetime)`, `traverse(visit)`, `remove(id)`, `close()`; and `purge(now)`, unless the
 * server does that by itself. Lifetimes are in seconds.
 */
export function bareClient({ insert, select, update, move, purge, ...others }) {
  const create = async (params, lifetime) => {
    const id = randomUUID()
    await insert(id, freeze(id, params), lifetime)
    return id
  }
  const change = async (id, edit) => {
    const before = await select(id)
    await update(id, edited(before, edit), LIFETIME, before)
  }
  return {
    ...others,
    create: (params) => create(params, LIFETIME),
    load: async (id) => JSON.parse(await select(id)).visits,
    readInside: async (id) => JSON.parse(await select(id)).cart.items.length,
    change: (id, n) => change(id, (session) => (session.visits = n)),
    changeInside: (id, n) => change(id, (session) => (session.cart.items[0].quantity = n)),
    touch: move,
    ...(purge && {
      createExpired: (params) => create(params, -10),
      purge: () => purge(now()),
    }),
  }
}

/** How many ids are listed at a time, so that a million need no more memory than these. */
export const PAGE = 1000

/** @param readPage the ids after this one, in their order */
export async function byPages(visit, readPage) {
  let ids
  do {
    ids = await readPage(ids?.at(-1) ?? '')
    for (const id of ids) visit(id)
  } while (ids.length === PAGE)
}

/** For a conditional write. */
export function assertOne(count) {
  if (count !== 1) throw new Error('Somebody else was faster')
}
