import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Turns } from '../../src/turns.ts'

test('the same name: one after the other, in the order of the calls, failures included', async () => {
  const turns = new Turns()
  const events: string[] = []
  const work =
    (name: string, fails = false) =>
    async () => {
      events.push(`${name} begins`)
      await setImmediate()
      events.push(`${name} ends`)
      if (fails) throw new Error(name)
      return name
    }
  const results = [turns.take('x', work('a', true)), turns.take('x', work('b')), turns.take('x', work('c'))]
  expect(turns.busy('x')).toBe(true)
  expect(events).toEqual(['a begins'])
  const settled = await Promise.allSettled(results)
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  expect(events).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]))
  await setImmediate()
  expect(turns.busy('x')).toBe(false)
})

test('other names do not wait', async () => {
  const turns = new Turns()
  let release = () => {}
  const first = turns.take('x', () => new Promise<void>((resolve) => (release = resolve)))
  expect(turns.busy('y')).toBe(false)
  expect(await turns.take('y', async () => 'done')).toBe('done')
  release()
  await first
})
