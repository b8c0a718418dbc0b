import { describe, expect, test, vi } from 'vitest'
import Memory from '../../drivers/Memory.ts'
import { InvalidOptionError, InvalidPluginError, Registry, SessionStore } from '../../src/index.ts'
import type { PluginSource, SessionOptions } from '../../src/index.ts'
import type { KindName } from '../../src/registry/kinds.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'
import { house } from './house.ts'

/** Refused by the compiler, so that only a program in JavaScript meets it. */
const misfit = (source: unknown): PluginSource<never> => source as PluginSource<never>

describe('registry.register', () => {
  test('takes a class', async () => {
    const registry = new Registry().register('driver', 'Minimal', MinimalDriver)
    expect(await registry.find('driver', 'MINIMAL')).toEqual({ name: 'Minimal', pluginClass: MinimalDriver })
    expect(registry.list('driver')).toContainEqual({ kind: 'driver', name: 'Minimal', from: 'registered' })
  })

  test('takes a function that imports, and calls it when the name is used', async () => {
    const load = vi.fn(() => import('../support/minimal-driver.ts'))
    const registry = new Registry().register('driver', 'MinimalDriver', load)
    registry.list()
    await registry.find('driver', 'Memory')
    expect(load).not.toHaveBeenCalled()
    expect((await registry.find('driver', 'minimaldriver')).pluginClass).toBe(MinimalDriver)
    expect(load).toHaveBeenCalledOnce()
  })

  test('takes the function that an older compiler made of a class', async () => {
    function Old(this: object): void {}
    Old.prototype = MinimalDriver.prototype
    const registry = new Registry().register('driver', 'Old', misfit(Old))
    expect((await registry.find('driver', 'old')).pluginClass).toBe(Old)
  })

  test.for<[string, object | typeof MinimalDriver]>([
    ['the class itself', MinimalDriver],
    ['the default export', { default: MinimalDriver, Other: Date }],
    ['the export of that name', { helper: () => 0, Minimal: MinimalDriver }],
    ['the export of that name in another case', { default: {}, minimal: MinimalDriver }],
    ['the default export of a CommonJS module', { default: { default: MinimalDriver, __esModule: true } }],
    ['the export of that name of a CommonJS module', { default: { Minimal: MinimalDriver } }],
  ])('finds the class in a module: %s', async ([, module]) => {
    const registry = new Registry().register('driver', 'Minimal', async () => module)
    expect((await registry.find('driver', 'minimal')).pluginClass).toBe(MinimalDriver)
  })

  test.for<[string, unknown]>([
    ['no export', {}],
    ['an object', { default: new MinimalDriver() }],
    ['an arrow function', { default: () => new MinimalDriver() }],
    ['a class of another name', { Other: MinimalDriver }],
    ['nothing', undefined],
    ['null', { default: null }],
    ['a string', { default: 'Minimal' }],
  ])('finds no class in a module with %s', async ([, module]) => {
    const find = new Registry().register('driver', 'Minimal', async () => module).find('driver', 'minimal')
    await expect(find).rejects.toThrow(InvalidPluginError)
    await expect(find).rejects.toThrow("The module of driver 'Minimal' exports no class")
  })

  test('lets the error of an import through', async () => {
    const broken = new Error('no such thing')
    const registry = new Registry().register('serializer', 'Broken', () => Promise.reject(broken))
    await expect(registry.find('serializer', 'broken')).rejects.toBe(broken)
  })

  test("knows serializers by either word: the type string's 'serialize' and its own", async () => {
    class Same {
      freeze = (): Uint8Array => new Uint8Array()
      thaw = (): Record<string, unknown> => ({})
    }
    const registry = new Registry().register('serialize', 'One', Same).register('serializer', 'Two', Same)
    for (const name of ['One', 'Two']) {
      expect(await registry.find('serializer', name)).toEqual({ name, pluginClass: Same })
    }
  })

  test('comes before folders and built-in plug-ins, the last one first', async () => {
    class First extends MinimalDriver {}
    class Second extends MinimalDriver {}
    const registry = new Registry().register('driver', 'MEMORY', First).register('driver', 'memory', Second)
    registry.addFolder(house).register('driver', 'Tray', First)
    expect(await registry.find('driver', 'Memory')).toEqual({ name: 'memory', pluginClass: Second })
    expect(await registry.find('driver', 'tray')).toEqual({ name: 'Tray', pluginClass: First })
    expect((await new Registry().find('driver', 'memory')).pluginClass).toBe(Memory)
  })

  test('refuses what is neither a class nor a function, kinds it does not know, names that cannot be said', () => {
    const registry = new Registry()
    for (const source of [new MinimalDriver(), { default: MinimalDriver }, 'Minimal', undefined, null]) {
      const register = (): Registry => registry.register('driver', 'Minimal', misfit(source))
      expect(register).toThrow(InvalidPluginError)
      expect(register).toThrow("Register the driver 'Minimal' as a class or as () => import(…)")
    }
    expect(() => registry.register('drivers' as 'driver', 'Minimal', MinimalDriver)).toThrow(
      InvalidOptionError,
    )
    for (const name of ['', ' ', 'two words', 'a:b', 'a;b']) {
      expect(() => registry.register('driver', name, MinimalDriver)).toThrow(InvalidOptionError)
    }
  })
})

describe('a class that is not what its contract asks for', () => {
  const open = (options: SessionOptions, registry: Registry): Promise<SessionStore> =>
    SessionStore.open({
      type: 'driver:Memory;id:Counter;serialize:JSON',
      ...options,
      registry: registry.addFolder(house),
    })

  test.for<[KindName, string, string]>([
    ['driver', 'driver:Bare', "The driver 'Bare' has no retrieve(), store(), remove(), ids(), close()"],
    ['id', 'id:Bare', "The id generator 'Bare' has no generate()"],
    ['serialize', 'serialize:Bare', "The serializer 'Bare' has no freeze(), thaw()"],
    ['layout', 'layout:Bare', "The layout 'Bare' has no read(), write()"],
  ])('%s: the missing verbs are named', async ([kind, part, message]) => {
    const registry = new Registry().register(kind, 'Bare', misfit(Date))
    const rest = ['driver:Memory', 'id:Counter', 'serialize:JSON'].filter(
      (other) => !other.startsWith(`${kind}:`),
    )
    const opening = open({ type: [part, ...rest].join(';') }, registry)
    await expect(opening).rejects.toThrow(InvalidPluginError)
    await expect(opening).rejects.toThrow(message)
  })

  test('a constructor that fails: who it was, and why', async () => {
    class Fragile extends MinimalDriver {
      constructor() {
        super()
        throw new TypeError('out of glass')
      }
    }
    const opening = open(
      { type: 'driver:Fragile;id:Counter;serialize:JSON' },
      new Registry().register('driver', 'Fragile', Fragile),
    )
    await expect(opening).rejects.toThrow(InvalidPluginError)
    await expect(opening).rejects.toMatchObject({
      message: "The driver 'Fragile' could not be built: out of glass",
      cause: new TypeError('out of glass'),
    })
  })

  test('a constructor that refuses an option says so itself', async () => {
    await expect(open({ maxSessions: -1 }, new Registry())).rejects.toThrow(InvalidOptionError)
  })

  test('all names are looked up before any class is built', async () => {
    let built = 0
    class Counted extends MinimalDriver {
      constructor() {
        super()
        built++
      }
    }
    const registry = new Registry().register('driver', 'Counted', Counted)
    await expect(
      open({ type: 'driver:Counted;id:Counter;serialize:JSON;layout:nope' }, registry),
    ).rejects.toThrow("Unknown layout 'nope'")
    expect(built).toBe(0)
  })
})
