import { randomUUID } from 'node:crypto'
import expressSession from 'express-session'
import { LIFETIME } from './bare-record.mjs'

const { Cookie } = expressSession

/**
 * A store for express-session, called as that calls it. What express-session itself does besides (two or three
 * hashes of the whole session for each request) is left out, in the store's favour.
 *
 * @param facts what there is of `list(store)` → how many, `count()` → how many without listing them, `purge(store)` and,
 * with that, `expiredCookie(cookie)`: how an expired cookie looks to this store
 */
export function expressStore(store, { list, count, purge, expiredCookie, close }) {
  const cookie = () => new Cookie({ maxAge: LIFETIME * 1000 })
  const create = async (params, itsCookie) => {
    const id = randomUUID()
    await call(store, 'set', id, { cookie: itsCookie, ...params })
    return id
  }
  const change = async (id, edit) => {
    const session = await call(store, 'get', id)
    session.cookie = cookie()
    edit(session)
    await call(store, 'set', id, session)
  }
  return {
    create: (params) => create(params, cookie()),
    load: async (id) => (await call(store, 'get', id)).visits,
    readInside: async (id) => (await call(store, 'get', id)).cart.items.length,
    change: (id, n) => change(id, (session) => (session.visits = n)),
    changeInside: (id, n) => change(id, (session) => (session.cart.items[0].quantity = n)),
    touch: (id, lifetime) => call(store, 'touch', id, { cookie: new Cookie({ maxAge: lifetime * 1000 }) }),
    ...(list && { list: () => list(store) }),
    ...(count && { count }),
    ...(purge && {
      createExpired: (params) => create(params, expiredCookie(cookie())),
      purge: () => purge(store),
    }),
    remove: (id) => call(store, 'destroy', id),
    close: () => close?.(store),
  }
}

/** A method with a callback as a promise. */
export function call(store, method, ...parameters) {
  return new Promise((resolve, reject) => {
    store[method](...parameters, (error, result) => (error ? reject(error) : resolve(result)))
  })
}
