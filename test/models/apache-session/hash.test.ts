import { inspect, types } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  ApacheSession,
  ClosedError,
  FreezeError,
  type HashSession,
  InvalidOptionError,
  ReservedKeyError,
  SessionGoneError,
  SessionStore,
} from '../../../src/index.ts'
import { newSessions, stored } from './sessions.ts'

const metadata = ['_ID', '_session_id', '_EXPIRES', '_LIFETIME', '_ACCESSED', '_AUTOCOMMIT', '_LOCK']
const methods = ['store', 'destroy', 'close', 'dumpToHtml', 'rewrite']

/** Names that every object has. */
const inherited = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', '__defineGetter__']

describe('the properties are the data', () => {
  test('set, read, listed, copied, deleted', async () => {
    const { sessions } = await newSessions<{ cart: string[]; name: string; n: number }>()
    const s = await sessions.new()
    s.name = 'Alice'
    s.cart = ['apple']
    s['n'] = 0
    expect(Object.keys(s)).toEqual(['cart', 'n', 'name'])
    expect({ ...s }).toEqual({ cart: ['apple'], n: 0, name: 'Alice' })
    expect(Object.entries(s)).toEqual([
      ['cart', ['apple']],
      ['n', 0],
      ['name', 'Alice'],
    ])
    expect(JSON.stringify(s)).toBe('{"cart":["apple"],"n":0,"name":"Alice"}')
    expect('n' in s && Object.hasOwn(s, 'n') && Object.prototype.propertyIsEnumerable.call(s, 'n')).toBe(true)
    const { name, ...rest } = s as { name?: string; cart?: string[]; n?: number }
    expect([name, rest]).toEqual(['Alice', { cart: ['apple'], n: 0 }])
    delete s.name
    expect('name' in s).toBe(false)
    expect(s.name).toBeUndefined()
    expect(Object.assign(s, { name: 'Bob' })).toBe(s)
    const keys: string[] = []
    for (const key in s) keys.push(key)
    expect(keys.filter((key) => Object.hasOwn(s, key))).toEqual(['cart', 'n', 'name'])
    expect(s.cart).toBe(s.cart)
  })

  test('as a person sees them', async () => {
    const { sessions } = await newSessions()
    const s = await sessions.new()
    s['cart'] = [{ sku: 'x', deep: { deeper: { deepest: [1] } } }]
    expect(inspect(s)).toBe(`ApacheSession ${s._ID} { cart: [ { sku: 'x', deep: [Object] } ] }`)
    expect(inspect({ a: { b: { s } } })).toContain(`[ApacheSession ${s._ID}]`)
    expect(types.isProxy(s)).toBe(true)
    expect(s).toBeInstanceOf(ApacheSession)
    expect(Reflect.apply(String, undefined, [s])).toBe('[object Object]')
  })

  test('defined as plain data only', async () => {
    const { sessions } = await newSessions()
    const s = await sessions.new()
    Object.defineProperty(s, 'a', { value: 1 })
    Object.defineProperty(s, 'b', { value: 2, writable: true, enumerable: true, configurable: true })
    expect({ ...s }).toEqual({ a: 1, b: 2 })
    expect(() => Object.defineProperty(s, 'c', { get: () => 3 })).toThrow(TypeError)
    expect(() => Object.defineProperty(s, 'c', { value: 3, writable: false })).toThrow(TypeError)
    expect(() => Object.freeze(s)).toThrow(TypeError)
    expect(() => Object.setPrototypeOf(s, null)).toThrow(TypeError)
    expect(Object.keys(s)).toEqual(['a', 'b'])
  })

  test('undefined is null, as in all sessions; a function is refused at once', async () => {
    const { sessions } = await newSessions()
    const s = await sessions.new()
    s['none'] = undefined
    expect(s['none']).toBeNull()
    expect(() => (s['f'] = () => 1)).toThrow(FreezeError)
    // oxlint-disable-next-line unicorn/no-thenable -- it is refused
    expect(() => Object.assign(s, Object.fromEntries([['then', () => 1]]))).toThrow(FreezeError)
    expect(Object.keys(s)).toEqual(['none'])
  })

  test('symbols are no keys', async () => {
    const { sessions } = await newSessions()
    const s = (await sessions.new()) as unknown as Record<symbol, unknown>
    const key = Symbol('mine')
    expect(() => (s[key] = 1)).toThrow(InvalidOptionError)
    expect(() => delete s[key]).toThrow(InvalidOptionError)
    expect([key in s, s[key], s[Symbol.iterator]]).toEqual([false, undefined, undefined])
  })
})

describe('names that mean something else', () => {
  test.each(['then', 'catch', 'toJSON', 'id', 'hash', 'length', '', '0', 'lock', 'options'])(
    'data may be called %j',
    async (name) => {
      const { sessions, store } = await newSessions()
      const s = await sessions.new()
      s[name] = { a: 1 }
      expect(Object.entries(s)).toEqual([[name, { a: 1 }]])
      expect(await s).toBe(s)
      await s.store()
      expect(await stored(store, s._ID)).toEqual({ [name]: { a: 1 } })
    },
  )

  test.each(inherited)('%s is what every object has, until data has that name', async (name) => {
    const { sessions, store } = await newSessions()
    const s = await sessions.new()
    const before = s[name]
    expect(before).toBe(Reflect.get(Object.getPrototypeOf(s) as object, name, s))
    expect(Object.hasOwn(s, name)).toBe(false)
    s[name] = { a: 1 }
    expect([s[name], Object.keys(s)]).toEqual([{ a: 1 }, [name]])
    expect(Object.getPrototypeOf(s)).not.toEqual({ a: 1 })
    expect(Object.entries({ ...s })).toEqual([[name, { a: 1 }]])
    await s.store()
    expect((await store.find(s._ID))?.param()).toEqual([name])
    delete s[name]
    expect(s[name]).toBe(before)
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })

  test.each([...metadata, ...methods])('%s cannot be changed', async (name) => {
    const { sessions } = await newSessions()
    const s = await sessions.new()
    const before = s[name]
    const refused = expect.objectContaining({ code: 'ERR_SESSION_RESERVED_KEY', key: name }) as Error
    expect(() => (s[name] = 'Foo')).toThrow(refused)
    expect(() => delete s[name]).toThrow(refused)
    expect(() => Object.assign(s, { [name]: 1 })).toThrow(ReservedKeyError)
    expect(() => Object.defineProperty(s, name, { value: 1 })).toThrow(ReservedKeyError)
    expect(s[name]).toBe(before)
    expect(name in s).toBe(true)
    expect(Object.keys(s)).toEqual([])
  })

  test('what the layout needs cannot be changed either, and is no data', async () => {
    const { sessions } = await newSessions({}, { type: 'driver:Memory;serialize:JSON' })
    const s = await sessions.new()
    expect(() => (s['_SESSION_ID'] = 'Foo')).toThrow('the layout of the store needs it')
    expect(() => delete s['_mine']).toThrow(ReservedKeyError)
    expect(['_SESSION_ID' in s, s['_SESSION_ID']]).toEqual([false, undefined])
  })

  test('data that is called as a method is, is found by its other way', async () => {
    const { sessions, store } = await newSessions()
    const session = await store.load('abc')
    session.param({ store: 'Rome', destroy: 1, plain: 2 })
    await session.flush()
    const s = (await sessions.open('abc'))!
    expect(Object.keys(s)).toEqual(['plain'])
    expect(s.store).toBeTypeOf('function')
    const data = ApacheSession.dataOf(s)
    expect(data).toEqual({ store: 'Rome', destroy: 1, plain: 2 })
    data['store'] = 'Paris'
    delete data['destroy']
    await s.store()
    expect(await stored(store, 'abc')).toEqual({ store: 'Paris', plain: 2 })
    expect(Object.getPrototypeOf(data)).toBeNull()
    expect('toString' in data).toBe(false)
  })
})

describe('a class of one’s own', () => {
  interface Shop {
    cart: string[]
  }

  test('has its methods and private fields, and its data', async () => {
    class ShopSession extends ApacheSession {
      #calls = 0

      static override options() {
        return { type: 'driver:Memory;serialize:JSON', memoryName: 'shop', lifetime: '1d' }
      }

      get data() {
        return ApacheSession.dataOf<Shop>(this)
      }

      add(article: string): number {
        this.data.cart = [...(this.data.cart ?? []), article]
        return ++this.#calls
      }
    }
    await using s = await ShopSession.new()
    expect([s.add('apple'), s.add('pear')]).toEqual([1, 2])
    expect(JSON.stringify(s)).toBe('{"cart":["apple","pear"]}')
    expect(s._LIFETIME).toBe(86_400)
    await s.store()
    const found = await ShopSession.open(s._ID, { lifetime: 60 })
    expect(found!.add('plum')).toBe(1)
    expect([found!.lifetime, found!.constructor]).toEqual([60, ShopSession])
    await found!.close()
  })
})

describe.each([true, false])('the fields of a class, defined: %s', (isDefined) => {
  /** Compilers differ in whether a field is defined or set. */
  const field = (s: object, name: string, value?: unknown) => {
    if (isDefined)
      Object.defineProperty(s, name, { value, writable: true, enumerable: true, configurable: true })
    else Reflect.set(s, name, value)
  }

  class ShopSession extends ApacheSession {
    declare cart: string[]
    declare name?: string

    constructor(opened: ConstructorParameters<typeof ApacheSession>[0]) {
      super(opened)
      field(this, 'cart', [])
      field(this, 'name')
    }
  }

  test('are what a session has that was given none', async () => {
    const { store } = await newSessions()
    const s = await ShopSession.new({ store })
    expect(Object.entries(s)).toEqual([['cart', []]])
    s.cart.push('apple')
    s.name = 'Alice'
    await s.close()
    const found = (await ShopSession.open(s._ID, { store }))!
    expect(Object.entries(found)).toEqual([
      ['cart', ['apple']],
      ['name', 'Alice'],
    ])
    field(found, 'cart', ['pear'])
    field(found, 'name')
    await found.store()
    expect(await stored(store, s._ID)).toEqual({ cart: ['pear'], name: null })
  })
})

test('a field of a class', async () => {
  class Counted extends ApacheSession {
    count = 0
    missing?: string
  }
  const { store } = await newSessions()
  const s = await Counted.new({ store })
  s.count++
  await s.close()
  const again = (await Counted.open(s._ID, { store }))!
  again.count++
  await again.close()
  expect(await stored(store, s._ID)).toEqual({ count: 2 })
})

test('the types are those of the data', async () => {
  interface Shop {
    a: number
  }
  await using store = await SessionStore.open<Shop>({ type: 'driver:Memory', memoryName: 'types' })
  const s: HashSession<Shop> = await ApacheSession.on<Shop>(store).new({ store })
  s.a = 1
  const { a, ...rest }: { a?: number } = { ...s }
  // @ts-expect-error -- a wrong type
  s.a = 'x'
  // @ts-expect-error -- an unknown key
  s.b = 1
  // @ts-expect-error -- metadata
  expect(() => (s._ID = 'x')).toThrow(ReservedKeyError)
  s.lifetime = '2h'
  const lifetime: number = s.lifetime
  delete s.a
  expect([a, rest, lifetime, s.a]).toEqual([1, {}, 7200, undefined])
  const untyped = await ApacheSession.new({ store })
  untyped['anything'] = 1
  await untyped.store()
})

describe('the rules of the end', () => {
  test('after destroy() the hash is empty and takes nothing', async () => {
    const { sessions, store } = await newSessions()
    const s = await sessions.new()
    s['a'] = 1
    expect(await s.destroy()).toBe(true)
    expect(await store.find(s._ID)).toBeUndefined()
    expect([Object.keys(s), s['a']]).toEqual([[], undefined])
    expect(() => (s['a'] = 2)).toThrow(SessionGoneError)
    expect(() => delete s['a']).toThrow(SessionGoneError)
    expect(() => (s.lifetime = 5)).toThrow(SessionGoneError)
    expect([await s.store(), await s.destroy()]).toEqual([false, false])
    await s.close()
    expect(await sessions.open(s._ID)).toBeUndefined()
  })

  test('after close() it can be read and not changed', async () => {
    const { sessions, store } = await newSessions()
    const s = await sessions.new()
    s['a'] = [1]
    await s.close()
    await s.close()
    expect(s['a']).toEqual([1])
    expect(() => (s['a'] = 2)).toThrow(ClosedError)
    await expect(s.store()).rejects.toThrow(ClosedError)
    await expect(s.destroy()).rejects.toThrow(ClosedError)
    expect(await stored(store, s._ID)).toEqual({ a: [1] })
  })

  test('destroyed by somebody else: what is changed then is not stored, and it is said', async () => {
    const { sessions, store } = await newSessions({ autocommit: 0 })
    const s = await sessions.new()
    s['a'] = 1
    await s.store()
    await store.remove(s._ID)
    expect(await s.store()).toBe(false)
    s['a'] = 2
    await expect(s.store()).rejects.toThrow(SessionGoneError)
    await expect(s.store()).rejects.toThrow(SessionGoneError)
    expect(await s.destroy()).toBe(false)
    expect(await store.find(s._ID)).toBeUndefined()
  })
})

// What happens to the hash, to a plain object, and in storage.

type Step =
  | { readonly do: 'set'; readonly key: string; readonly value: unknown }
  | { readonly do: 'delete' | 'push'; readonly key: string }
  | { readonly do: 'changed by another'; readonly key: string; readonly value: unknown }
  | { readonly do: 'store' | 'reopen' | 'abandon' | 'expire' | 'destroyed by another' | 'destroy' }

const key = fc.constantFrom('a', 'b', 'store', 'toString', '__proto__', 'then', '10', '9', '')
const plain = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown)
const value = fc.oneof(plain, fc.array(fc.nat(9), { maxLength: 3 }))
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('set'), key, value }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('delete', 'push'), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('changed by another'), key, value }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('store', 'reopen') }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('abandon', 'expire', 'destroyed by another', 'destroy') }),
  },
)

type Hash = Record<string, unknown>

const define = (hash: Hash, key: string, value: unknown): Hash =>
  Object.defineProperty(hash, key, {
    value: structuredClone(value),
    writable: true,
    enumerable: true,
    configurable: true,
  })

const copy = (hash: Hash): Hash => Object.setPrototypeOf(structuredClone({ ...hash }), null) as Hash

/** Whether the session is one that autocommit stores: then storing it is a matter of giving way. */
describe.each([true, false])('with autocommit %s', (autocommit) => {
  test('it is as a plain object would be, and storage as it was when it was stored', async () => {
    const run = async (steps: readonly Step[]): Promise<void> => {
      const { sessions, store, clock } = await newSessions({ autocommit, onError: () => {} })
      let session = await sessions.new()
      let hash = ApacheSession.dataOf(session)
      let model = Object.create(null) as Hash
      let kept: Hash | undefined = copy(model)
      let turn = 0
      const anew = async (id?: string): Promise<void> => {
        session = (await sessions.open(id)) ?? (await sessions.new())
        hash = ApacheSession.dataOf(session)
        model = session._ID === id ? copy(kept!) : (Object.create(null) as Hash)
        kept = copy(model)
      }
      for (const act of steps) {
        switch (act.do) {
          case 'set':
            hash[act.key] = structuredClone(act.value)
            define(model, act.key, act.value)
            break
          case 'delete':
            delete hash[act.key]
            delete model[act.key]
            break
          case 'push':
            for (const list of [hash[act.key], model[act.key]]) if (Array.isArray(list)) list.push(1)
            break
          case 'store':
            await session.store()
            kept = copy(model)
            break
          case 'reopen':
            await session.close()
            if (autocommit) kept = copy(model)
            await anew(session._ID)
            break
          case 'abandon':
            // Without autocommit what was not stored is lost; with it, it is on its way.
            await new Promise(setImmediate)
            if (autocommit) kept = copy(model)
            await anew(session._ID)
            break
          case 'expire':
            clock.advance(3601)
            await anew(session._ID)
            break
          case 'changed by another': {
            await session.store()
            const other = (await sessions.open(session._ID, { autocommit: 0 }))!
            ApacheSession.dataOf(other)[act.key] = structuredClone(act.value)
            await other.store()
            // The next change finds it, and both are kept.
            hash['ours'] = ++turn
            await session.store()
            define(model, act.key, act.value)
            define(model, 'ours', turn)
            kept = copy(model)
            break
          }
          case 'destroyed by another':
            await session.store()
            await store.remove(session._ID)
            hash['late'] = 1
            await expect(session.store()).rejects.toThrow(SessionGoneError)
            await anew(session._ID)
            break
          default:
            await session.destroy()
            expect(hash).toEqual({})
            expect(await store.find(session._ID)).toBeUndefined()
            await anew(session._ID)
        }
        expect(hash).toEqual(model)
        expect(Reflect.ownKeys(hash)).toEqual(Object.keys(model).sort())
        expect(JSON.stringify(Object.fromEntries(Object.entries(hash)))).toBe(
          JSON.stringify(Object.fromEntries(Object.entries(model).sort(([a], [b]) => (a < b ? -1 : 1)))),
        )
        if (!autocommit) expect(await stored(store, session._ID)).toEqual({ ...kept })
      }
      await session.store()
      expect(await stored(store, session._ID)).toEqual({ ...model })
    }
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), run), { numRuns: 60 })
  })
})
