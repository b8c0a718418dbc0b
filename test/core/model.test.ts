import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Session, SessionGoneError, SessionStore } from '../../src/index.ts'
import { TestClock } from '../support/clock.ts'

/** What the rules say about one stored session and three sessions in memory that work on it. */
interface Model {
  /** Parameters in storage, as JSON texts; `undefined` when there is no record. */
  stored: Map<string, string> | undefined
  readonly hands: Map<
    number,
    {
      params: Map<string, string>
      changes: Map<string, string | undefined>
      isStored: boolean
      deleted: boolean
    }
  >
}

type Step =
  | { readonly do: 'load' | 'flush' | 'delete'; readonly hand: number }
  | { readonly do: 'set' | 'push'; readonly hand: number; readonly name: string; readonly value: number }
  | { readonly do: 'clear'; readonly hand: number; readonly name: string }

const hand = fc.nat(2)
const name = fc.constantFrom('a', 'b', 'c')
const value = fc.nat(3)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('flush'), hand }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('load'), hand }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete'), hand }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('set', 'push'), hand, name, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clear'), hand, name }) },
)

/** Runs one step on the model and tells what flush should do: 'gone' or nothing special. */
function runOnModel(model: Model, act: Step): 'gone' | undefined {
  if (act.do === 'load') {
    model.hands.set(act.hand, {
      params: new Map(model.stored),
      changes: new Map(),
      isStored: model.stored !== undefined,
      deleted: false,
    })
    return undefined
  }
  const mine = model.hands.get(act.hand)
  if (!mine) return undefined
  if (act.do === 'set' || act.do === 'push') {
    const before = mine.params.get(act.name)
    const list = act.do === 'push' && before !== undefined ? (JSON.parse(before) as number[]) : []
    const after = JSON.stringify([...list, act.value])
    mine.params.set(act.name, after)
    mine.changes.set(act.name, after)
  } else if (act.do === 'clear') {
    if (mine.params.delete(act.name)) mine.changes.set(act.name, undefined)
  } else if (act.do === 'delete') {
    model.stored = undefined
    mine.params.clear()
    mine.deleted = true
  } else if (!mine.deleted && mine.changes.size > 0) {
    if (mine.isStored && !model.stored) return 'gone'
    const merged = new Map(model.stored)
    for (const [name, text] of mine.changes) {
      if (text === undefined) merged.delete(name)
      else merged.set(name, text)
    }
    model.stored = merged
    mine.params = new Map(merged)
    mine.changes.clear()
    mine.isStored = true
  }
  return undefined
}

async function runForReal(store: SessionStore, sessions: Map<number, Session>, act: Step): Promise<void> {
  if (act.do === 'load') {
    sessions.set(act.hand, await store.load('one'))
    return
  }
  const session = sessions.get(act.hand)
  if (!session) return
  if (act.do === 'set') session.param(act.name, [act.value])
  else if (act.do === 'push') {
    const list = session.param(act.name) as number[] | undefined
    if (list) list.push(act.value)
    else session.param(act.name, [act.value])
  } else if (act.do === 'clear') session.clear(act.name)
  else if (act.do === 'delete') await session.delete()
  else await session.flush()
}

test('three sessions on one id do what the rules say, whatever the order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40, size: 'max' }), async (steps) => {
      const memoryName = `model ${Math.random()}`
      await using store = await SessionStore.open({
        type: 'driver:Memory;id:SHA256;serialize:JSON',
        memoryName,
        clock: new TestClock().now,
      })
      const model: Model = { stored: undefined, hands: new Map() }
      const sessions = new Map<number, Session>()
      const loads: Step[] = [0, 1, 2].map((hand) => ({ do: 'load', hand }))
      for (const act of [...loads, ...steps]) {
        const outcome = runOnModel(model, act)
        const error: unknown = await runForReal(store, sessions, act).then(
          () => undefined,
          (reason: unknown) => reason,
        )
        if (outcome === 'gone') expect(error).toBeInstanceOf(SessionGoneError)
        else expect(error).toBeUndefined()
        for (const [number, session] of sessions) {
          const { params } = model.hands.get(number)!
          expect(session.param()).toEqual([...params.keys()].sort())
        }
        const now = await store.load('one')
        expect(now.isNew).toBe(model.stored === undefined)
        const stored = new Map(now.param().map((name) => [name, JSON.stringify(now.param(name))]))
        expect(stored).toEqual(model.stored ?? new Map())
      }
    }),
    { numRuns: 150 },
  )
})
