import { expect, test, vi } from 'vitest'
import { Gate } from '../../src/odbc/gate.ts'

/** Work that ends when it is told to, and notes what began. */
function guests(gate: Gate) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const enter = (name: string, alone = false) =>
    gate.enter(alone, () => {
      begun.push(name)
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)))
    })
  const end = async (name: string) => {
    ends.get(name)!()
    await new Promise(setImmediate)
  }
  return { begun, enter, end }
}

test('lets in as many as there is room for, the others in their turn', async () => {
  const { begun, enter, end } = guests(new Gate(2))
  const turns = ['a', 'b', 'c', 'd'].map((name) => enter(name))
  expect(begun).toEqual(['a', 'b'])
  await end('b')
  expect(begun).toEqual(['a', 'b', 'c'])
  await end('a')
  await end('c')
  await end('d')
  expect(await Promise.all(turns.map(({ done }) => done))).toEqual(['a', 'b', 'c', 'd'])
})

test('who gives up while waiting never begins; who is inside stays there', async () => {
  const { begun, enter, end } = guests(new Gate(1))
  const inside = enter('a')
  const waiting = enter('b')
  enter('c')
  expect([inside.giveUp(), waiting.giveUp()]).toEqual([false, true])
  expect(begun).toEqual(['a'])
  await end('a')
  expect(begun).toEqual(['a', 'c'])
})

test('who connects is alone, and those who come later wait for it', async () => {
  const { begun, enter, end } = guests(new Gate(3))
  enter('a')
  enter('connect', true)
  enter('b')
  expect(begun).toEqual(['a'])
  await end('a')
  expect(begun).toEqual(['a', 'connect'])
  await end('connect')
  expect(begun).toEqual(['a', 'connect', 'b'])
})

test('who connects waits for a while, but for what was given up until it is done', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  try {
    const { begun, enter, end } = guests(new Gate(3))
    enter('slow')
    enter('first', true)
    vi.advanceTimersByTime(1000)
    expect(begun).toEqual(['slow', 'first'])
    await end('first')
    await end('slow')

    enter('stuck').giveUp()
    enter('second', true)
    vi.advanceTimersByTime(1000)
    expect(begun.slice(2)).toEqual(['stuck'])
    await end('stuck')
    expect(begun.slice(2)).toEqual(['stuck', 'second'])
  } finally {
    vi.useRealTimers()
  }
})

test('what fails makes room as well', async () => {
  const gate = new Gate(1)
  const failing = gate.enter(false, () => Promise.reject(new Error('no')))
  const next = gate.enter(false, async () => 'yes')
  await expect(failing.done).rejects.toThrow('no')
  expect(await next.done).toBe('yes')
})
