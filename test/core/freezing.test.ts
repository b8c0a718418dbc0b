import { describe, expect, test } from 'vitest'
import { FreezeError } from '../../src/index.ts'
import { MinimalDriver } from '../support/minimal-driver.ts'
import { useMinimalStore } from '../support/minimal-store.ts'

const context = useMinimalStore()

// JSON has a `checkValue`, the others notice by themselves: a program must not see the difference.
describe.each(['JSON', 'YAML', 'Devalue', 'DataDumper'])('what %s cannot keep', (name) => {
  const open = () => context.open({ type: `driver:Minimal;serialize:${name}` })
  class Cart {
    readonly items = []
  }

  test('is refused at once, by the name of its parameter', async () => {
    const session = await (await open()).load('x')
    for (const value of [() => 1, Symbol('x'), new Cart()]) {
      expect(() => session.param('cart', value)).toThrow(FreezeError)
      expect(() => session.param('cart', value)).toThrow("Parameter 'cart': ")
    }
    expect(session.modified).toBe(false)
  })

  test('deeper in a value is refused when it is stored, and nothing is lost', async () => {
    const session = await (await open()).load('x')
    session.param({ good: 1, cart: { items: [new Cart()] } })
    await expect(session.flush()).rejects.toThrow("Parameter 'cart': ")
    expect(MinimalDriver.records.size).toBe(0)
    session.param('cart', ['apple'])
    expect(await session.flush()).toBe(true)
  })
})

test.each(['JSON', 'YAML', 'Devalue', 'DataDumper'])('%s tells false values apart', async (name) => {
  const store = await context.open({ type: `driver:Minimal;serialize:${name}` })
  const values = { zero: 0, empty: '', none: null, no: false, yes: true, one: 1, text0: '0', text1: '1' }
  const session = await store.load('x')
  session.param({ ...values, list: Object.values(values) })
  await session.flush()
  const again = await store.load('x')
  for (const [key, value] of Object.entries(values)) expect(again.param(key)).toBe(value)
  expect(again.param('list')).toEqual(Object.values(values))
})
