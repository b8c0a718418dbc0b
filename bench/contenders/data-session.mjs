import { randomBytes } from 'node:crypto'
import { registry, SessionStore } from '../../dist/src/index.js'
import { buildPlugins } from '../../dist/src/registry/build.js'

/** This library: its public face, but for `touch`, which is what the driver does without loading anything. */
export async function dataSession(backend, place) {
  const plugins = { driver: backend, id: 'UUID36', serialize: 'JSON', layout: 'DataSession' }
  const type = `driver:${plugins.driver};id:${plugins.id};serialize:${plugins.serialize}`
  const options = { type, expire: '1h', ...place }
  const store = await SessionStore.open(options)
  const driver = await openDriver(plugins, options)
  const create = async (params, lifetime) => {
    const session = await store.create()
    session.param(params)
    if (lifetime !== undefined) session.expire(lifetime)
    await session.flush()
    return session.id
  }
  return {
    create: (params) => create(params),
    createExpired: (params) => create(params, -10),
    async load(id) {
      const session = await store.load(id)
      return session.param('visits')
    },
    async readInside(id) {
      const session = await store.load(id)
      const { length } = session.param('cart').items
      await session.flush()
      return length
    },
    async change(id, n) {
      const session = await store.load(id)
      session.param('visits', n)
      await session.flush()
    },
    async changeInside(id, n) {
      const session = await store.load(id)
      session.param('cart').items[0].quantity = n
      await session.flush()
    },
    ...(driver.touch && { touch: (id, lifetime) => driver.touch(id, lifetime) }),
    async list() {
      let count = 0
      for await (const id of store.ids()) if (id) count++
      return count
    },
    traverse: (visit) => store.traverse(visit),
    purge: () => store.purge(),
    remove: (id) => store.remove(id),
    async close() {
      await driver.close()
      await store.close()
    },
  }
}

async function openDriver(plugins, options) {
  const context = { options, clock: Date.now, random: randomBytes, logger: { warn() {}, debug() {} } }
  const { driver } = await buildPlugins(registry, plugins, context)
  await driver.open?.()
  return driver
}
