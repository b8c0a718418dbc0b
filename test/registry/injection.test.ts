import 'reflect-metadata'
import { Lifecycle, scoped, singleton } from 'tsyringe'
import { describe, expect, test } from 'vitest'
import Memory from '../../drivers/Memory.ts'
import { InvalidPluginError, Registry, SessionStore } from '../../src/index.ts'
import type { PluginSource, SessionOptions } from '../../src/index.ts'
import {
  Clock,
  Context,
  inject,
  injectable,
  Logger,
  Options,
  type PluginContext,
  type PluginOptions,
  Random,
  type RandomSource,
} from '../../src/plugin.ts'
import { TestClock } from '../support/clock.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'
import { house } from './house.ts'

const TYPE = 'driver:Mine;id:Counter;serialize:Base64'

function open(
  Driver: PluginSource<'driver'>,
  options: SessionOptions & PluginOptions = {},
): Promise<SessionStore> {
  const registry = new Registry().addFolder(house).register('driver', 'Mine', Driver)
  return SessionStore.open({ type: TYPE, registry, ...options })
}

/** What the constructors of `Plain` and `Decorated` were given since the last question. */
let given: unknown[] = []

/** What this driver's constructor is given when a store is opened with these options. */
async function givenTo(
  Driver: PluginSource<'driver'>,
  options: SessionOptions & PluginOptions = {},
): Promise<unknown[]> {
  given = []
  await using store = await open(Driver, options)
  expect(store.type).toBe(TYPE)
  return given
}

class Plain extends MinimalDriver {
  constructor(context: PluginContext) {
    super()
    given.push(context)
  }
}

@injectable()
class Decorated extends MinimalDriver {
  constructor(
    @inject(Options) options: PluginOptions,
    @inject(Clock) clock: Clock,
    @inject(Random) random: RandomSource,
    @inject(Logger) logger: Logger,
    @inject(Context) context: PluginContext,
  ) {
    super()
    given.push(options, clock, random, logger, context)
  }
}

describe('what a constructor is given', () => {
  const clock = new TestClock().now
  const random: RandomSource = (size) => new Uint8Array(size)

  test('without decorators: the whole context', async () => {
    const heard: string[] = []
    const logger: Logger = { warn: (line) => heard.push(line), debug: (line) => heard.push(line) }
    const options = { clock, random, logger, verbose: 1, table_name: 's', tray: 1 }
    const [context] = (await givenTo(Plain, options)) as [PluginContext]
    expect(context).toMatchObject({ clock, random, options: { tableName: 's', tray: 1 } })
    context.logger.warn('loud')
    context.logger.debug('quiet')
    expect(heard).toEqual(['loud'])
  })

  test('with decorators: what each parameter asks for', async () => {
    const [options, clockGiven, randomGiven, logger, context] = await givenTo(Decorated, {
      clock,
      random,
      tray: 1,
    })
    expect(options).toMatchObject({ tray: 1 })
    expect(clockGiven).toBe(clock)
    expect(randomGiven).toBe(random)
    expect(context).toEqual({ options, clock, random, logger })
  })

  test('without a constructor of its own: what the class that it extends asks for', async () => {
    class Heir extends Decorated {}
    @injectable()
    class DecoratedHeir extends Heir {}
    for (const Driver of [Heir, DecoratedHeir]) {
      const [options, clockGiven] = await givenTo(Driver, { clock, tray: 1 })
      expect(options).toMatchObject({ tray: 1 })
      expect(clockGiven).toBe(clock)
    }
    expect(await givenTo(class extends Plain {}, { clock })).toEqual([expect.objectContaining({ clock })])
  })

  test('a driver that extends a built-in one may do without decorators', async () => {
    class Small extends Memory {
      constructor({ options, clock }: PluginContext) {
        super({ ...options, memoryName: 'small', maxSessions: 1 }, clock)
      }
    }
    await using store = await open(Small)
    for (const id of ['a', 'b']) {
      const session = await store.load(id)
      session.param('x', 1)
      await session.flush()
    }
    expect((await store.load('a')).isNew).toBe(true)
    expect((await store.load('b')).param('x')).toBe(1)
    await store.remove('b')
  })

  test('a token that nobody knows is reported with the name of the plug-in', async () => {
    @injectable()
    class Wishful extends MinimalDriver {
      constructor(@inject('pony') pony: unknown) {
        super()
        given.push(pony)
      }
    }
    await expect(open(Wishful)).rejects.toThrow(InvalidPluginError)
    await expect(open(Wishful)).rejects.toThrow(/^The driver 'Mine' could not be built: .*pony/s)
  })
})

describe('two stores', () => {
  @singleton()
  class Single extends Decorated {}

  @scoped(Lifecycle.ContainerScoped)
  class Scoped extends Decorated {}

  test.for<[string, PluginSource<'driver'>]>([
    ['injectable', Decorated],
    ['a singleton elsewhere', Single],
    ['scoped', Scoped],
  ])('have a driver each, with the options of its own store: %s', async ([, Driver]) => {
    const [first] = await givenTo(Driver, { tray: 1, tableName: 'one' })
    const [second] = await givenTo(Driver, { tray: 2 })
    expect(first).toMatchObject({ tray: 1, tableName: 'one' })
    expect(second).toMatchObject({ tray: 2 })
    expect(second).not.toHaveProperty('tableName')
  })

  test('opened at the same time do not mix', async () => {
    given = []
    const stores = await Promise.all([1, 2, 3, 4].map((tray) => open(Plain, { tray })))
    const trays = (given as PluginContext[]).map(({ options }) => options['tray'])
    expect(new Set(trays)).toEqual(new Set([1, 2, 3, 4]))
    await Promise.all(stores.map((store) => store.close()))
  })

  test('may have a registry each', async () => {
    await givenTo(Plain)
    await expect(SessionStore.open({ type: TYPE })).rejects.toThrow("Unknown driver 'Mine'")
  })
})
