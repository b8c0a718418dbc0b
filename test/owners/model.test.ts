import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Session, SessionStore } from '../../src/index.ts'
import { TestClock } from '../support/clock.ts'

const LIFETIME = 1000

type Step =
  | { readonly do: 'login'; readonly owner: string; readonly limit: number; readonly refuse: boolean }
  | { readonly do: 'own' | 'move'; readonly of: number; readonly owner: string }
  | { readonly do: 'touch' | 'logout' | 'remove'; readonly of: number }
  | { readonly do: 'logoutAll'; readonly owner: string; readonly except: number }
  | { readonly do: 'wait'; readonly seconds: number }

const owner = fc.constantFrom('alice', 'bob')
const of = fc.nat(5)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('login'),
      owner,
      limit: fc.constantFrom(1, 2, 3, Infinity),
      refuse: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('own', 'move'), of, owner }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('touch', 'logout', 'remove'), of }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('logoutAll'), owner, except: of }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), seconds: fc.integer({ min: 1, max: 700 }) }) },
)

/** A session as the rules have it: in a hand, and in storage unless it is gone. */
interface Known {
  readonly session: Session
  owner: string
  /** The last second of its life. */
  end: number
}

/** What should be there: sessions in the order in which their owners got them. */
class Model {
  known: Known[] = []

  alive(now: number, owner?: string): Known[] {
    return this.known.filter(({ end, owner: whose }) => end >= now && (owner ?? whose) === whose)
  }

  forget(gone: readonly Known[]): void {
    this.known = this.known.filter((each) => !gone.includes(each))
  }

  /** As the newest. */
  put(entry: Known): void {
    this.forget([entry])
    this.known.push(entry)
  }
}

let stores = 0

test('owners have the sessions that a plain list says they have', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const clock = new TestClock()
      const options = {
        type: 'driver:Memory;id:MD5;serialize:JSON',
        memoryName: `owner-model-${++stores}`,
        clock: clock.now,
        expire: LIFETIME,
      }
      const [store, another] = [await SessionStore.open(options), await SessionStore.open(options)]
      const model = new Model()
      for (const [at, act] of steps.entries()) {
        await run(act, at % 2 === 0 ? store : another, model, clock)
        for (const owner of ['alice', 'bob']) {
          const found: string[] = []
          for await (const { id } of (at % 3 === 0 ? store : another).sessionsOf(owner)) found.push(id)
          expect(found).toEqual(model.alive(clock.seconds, owner).map(({ session }) => session.id))
        }
      }
    }),
    { numRuns: 300 },
  )
})

async function run(act: Step, store: SessionStore, model: Model, clock: TestClock): Promise<void> {
  const now = clock.seconds
  const alive = model.alive(now)
  const chosen = 'of' in act ? alive[act.of % Math.max(1, alive.length)] : undefined
  switch (act.do) {
    case 'wait':
      clock.advance(act.seconds)
      break
    case 'login': {
      const session = await store.create()
      session.owner = act.owner
      const others = model.alive(now, act.owner)
      const isFull = others.length >= act.limit
      const whenFull = act.refuse ? 'refuse' : 'replace'
      expect(await session.admit({ limit: act.limit, whenFull })).toBe(!(isFull && act.refuse))
      if (isFull && act.refuse) break
      if (act.limit !== Infinity) model.forget(others.slice(0, Math.max(0, others.length - act.limit + 1)))
      model.put({ session, owner: act.owner, end: now + LIFETIME })
      break
    }
    case 'own':
    case 'move': {
      if (!chosen) break
      const isNew = chosen.owner !== act.owner || act.do === 'move'
      if (act.do === 'move') {
        await chosen.session.regenerate({ owner: act.owner })
      } else {
        chosen.session.owner = act.owner
        await chosen.session.flush()
      }
      chosen.owner = act.owner
      if (isNew) model.put(chosen)
      break
    }
    case 'touch':
      if (!chosen) break
      await chosen.session.touch()
      chosen.end = now + LIFETIME
      break
    case 'logout':
    case 'remove':
      if (!chosen) break
      if (act.do === 'logout') await chosen.session.delete()
      else await store.remove(chosen.session.id)
      model.forget([chosen])
      break
    case 'logoutAll': {
      const except = alive[act.except % Math.max(1, alive.length)]
      const gone = model.alive(now, act.owner).filter((each) => each !== except)
      expect(await store.deleteOwner(act.owner, except ? { except: except.session } : {})).toBe(gone.length)
      model.forget(gone)
    }
  }
}
