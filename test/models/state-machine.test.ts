import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type GivenManagerOptions, type ManagedSession, SessionManager } from '../../src/index.ts'
import { newFolder } from '../cli/data-session.ts'
import { TestClock } from '../support/clock.ts'
import { succeeded } from './open-manager.ts'

/** The rules for data, without a store: parameters by name, as JSON texts; data that is no object under ''. */
type Params = Map<string, string>

interface Stored {
  readonly id: string
  readonly user: string
  /** 0 = for ever. */
  readonly timeout: number
  params: Params
  expires: number
}

/** What the program has in one of its hands. */
interface Held {
  readonly session: ManagedSession<unknown>
  readonly stored: Stored
  params: Params
  isObject: boolean
  changes: Map<string, string | undefined>
  isReplaced: boolean
  isGone: boolean
  expires: number
}

interface Policy {
  readonly sessionsPerUser: number
  readonly whenFull: 'replace' | 'refuse'
}

const hand = fc.nat(3)
const name = fc.constantFrom('a', 'b', '')
const value = fc.oneof(fc.nat(2), fc.array(fc.nat(2), { maxLength: 2 }))
const data = fc.oneof(
  { weight: 3, arbitrary: fc.dictionary(fc.constantFrom('a', 'b'), value) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>([1], 'text', 7, true, null, '', 0) },
)
const user = fc.constantFrom('alice', 'bob')

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('new'),
      hand,
      user,
      timeout: fc.constantFrom(30, 60, 'indefinite' as const),
      data: fc.option(data, { nil: undefined }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('get'), hand, of: hand }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('change'), hand, name, value }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('push'), hand, name, value: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove'), hand, name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('setData'), hand, data }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('save'), hand }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete'), hand }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deleteUser'), user }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('advance'), seconds: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cleanup') }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

class Model {
  /** Those that were not removed, the oldest first. */
  readonly stored: Stored[] = []
  readonly hands = new Map<number, Held>()

  constructor(
    private readonly manager: SessionManager,
    private readonly clock: TestClock,
    private readonly policy: Policy,
    private readonly touches: boolean,
  ) {}

  async run(act: Step): Promise<void> {
    switch (act.do) {
      case 'new':
        return this.#create(act)
      case 'get':
        return this.#get(act.hand, this.hands.get(act.of))
      case 'advance':
        return this.clock.advance(act.seconds)
      case 'deleteUser':
        return this.#deleteUser(act.user)
      case 'cleanup':
        return this.#cleanUp()
      default: {
        const held = this.hands.get(act.hand)
        if (held) return this.#work(held, act)
      }
    }
  }

  async #work(held: Held, act: Extract<Step, { hand: number }>): Promise<void> {
    switch (act.do) {
      case 'change':
      case 'push':
      case 'remove':
        return changeInPlace(held, act)
      case 'setData':
        return replace(held, act.data)
      case 'save':
        return this.#save(held)
      case 'delete': {
        const { id } = held.stored
        const result = await this.manager.deleteSession(id)
        expect(result.success).toBe(true)
        this.#forget([held.stored])
        return
      }
    }
  }

  async #create(act: Extract<Step, { do: 'new' }>): Promise<void> {
    const given = structuredClone(act.data)
    const timeout = act.timeout === 'indefinite' ? 0 : act.timeout
    const result = await this.manager.newSession<unknown>({
      userId: act.user,
      sessionTimeout: act.timeout,
      data: given,
    })
    const { sessionsPerUser, whenFull } = this.policy
    const others = this.#aliveOf(act.user)
    if (whenFull === 'refuse' && others.length >= sessionsPerUser) {
      expect(result).toMatchObject({ success: false, code: 'ERR_SESSION_LIMIT' })
      return
    }
    this.#forget(others.slice(0, Math.max(0, others.length + 1 - sessionsPerUser)))
    const { session } = await succeeded(result)
    const params = paramsOf(given)
    const stored = { id: session.sessionId, user: act.user, timeout, params, expires: this.#end(timeout) }
    this.stored.push(stored)
    this.hands.set(act.hand, newlyHeld(session, stored))
  }

  async #get(hand: number, other: Held | undefined): Promise<void> {
    if (!other) return
    const { stored } = other
    const result = await this.manager.getSession<unknown>(stored.id)
    expect(result.success).toBe(this.#isAlive(stored))
    if (result.success) this.hands.set(hand, newlyHeld(result.session, stored))
    else expect(result.code).toBe('ERR_SESSION_NOT_FOUND')
  }

  async #save(held: Held): Promise<void> {
    const { stored, session } = held
    const result = await session.save()
    if (!this.#isAlive(stored)) {
      expect(result).toMatchObject({ success: false, code: 'ERR_SESSION_GONE' })
      held.isGone = true
      return
    }
    expect(result).toEqual({ success: true })
    const isExpired = held.expires < this.clock.seconds
    const isClean = !held.isReplaced && held.changes.size === 0
    // Where only the time of expiry is moved, nobody hears of what others have changed.
    const staysAsItIs = this.touches && isClean && stored.timeout > 0 && !isExpired
    if (held.isReplaced) stored.params = new Map(held.params)
    else {
      for (const [name, text] of held.changes) {
        if (text === undefined) stored.params.delete(name)
        else stored.params.set(name, text)
      }
    }
    stored.expires = this.#end(stored.timeout)
    const after = staysAsItIs ? { ...held, expires: stored.expires } : newlyHeld(session, stored)
    this.hands.forEach((other, hand) => {
      if (other === held) this.hands.set(hand, after)
    })
  }

  async #deleteUser(user: string): Promise<void> {
    const { deletedCount } = await succeeded(this.manager.deleteUserSession(user))
    const alive = this.#aliveOf(user)
    // Those that have expired may be there still.
    const all = this.stored.filter((stored) => stored.user === user)
    expect(deletedCount).toBeGreaterThanOrEqual(alive.length)
    expect(deletedCount).toBeLessThanOrEqual(all.length)
    this.#forget(alive)
  }

  async #cleanUp(): Promise<void> {
    const { active, deletedCount } = await succeeded(this.manager.cleanupSessions())
    const alive = this.stored.filter((stored) => this.#isAlive(stored))
    const dead = this.stored.filter((stored) => !this.#isAlive(stored))
    expect(active.sort()).toEqual(alive.map(({ id }) => id).sort())
    expect(deletedCount).toBeLessThanOrEqual(dead.length)
    this.#forget(dead)
  }

  check(): void {
    for (const held of this.hands.values()) {
      const { session, stored, params } = held
      const isExpired = held.expires < this.clock.seconds
      expect(paramsOf(session.getData().value)).toEqual(params)
      expect({
        isDirty: session.isDirty,
        isActive: session.isActive,
        isExpired: session.isExpired,
        isValid: session.isValid,
        expiresAt: session.expiresAt,
        userId: session.userId,
      }).toEqual({
        isDirty: held.isReplaced || held.changes.size > 0,
        isActive: !held.isGone,
        isExpired,
        isValid: !held.isGone && !isExpired,
        expiresAt: held.expires === Infinity ? 'indefinite' : held.expires,
        userId: stored.user,
      })
    }
  }

  #end(timeout: number): number {
    return timeout === 0 ? Infinity : this.clock.seconds + timeout
  }

  #isAlive(stored: Stored): boolean {
    return this.stored.includes(stored) && stored.expires >= this.clock.seconds
  }

  #aliveOf(user: string): Stored[] {
    return this.stored.filter((stored) => stored.user === user && this.#isAlive(stored))
  }

  #forget(gone: readonly Stored[]): void {
    for (const stored of gone) {
      const at = this.stored.indexOf(stored)
      if (at >= 0) this.stored.splice(at, 1)
    }
  }
}

function newlyHeld(session: ManagedSession<unknown>, stored: Stored): Held {
  return {
    session,
    stored,
    params: new Map(stored.params),
    isObject: !isOneValue(stored.params),
    changes: new Map(),
    isReplaced: false,
    isGone: false,
    expires: stored.expires,
  }
}

/** A program changes what `getData` gave it. */
function changeInPlace(held: Held, act: Extract<Step, { do: 'change' | 'push' | 'remove' }>): void {
  const live = held.session.getData().value as Record<string, unknown>
  if (!held.isObject) {
    if (act.do !== 'push' || !Array.isArray(live)) return
    live.push(act.value)
    note(held, '', live)
    return
  }
  const before = live[act.name]
  const left = Object.keys(live).filter((name) => act.do !== 'remove' || name !== act.name)
  // An object with nothing but the key '' is refused, which is tried elsewhere.
  if ([...left, ...(act.do === 'change' ? [act.name] : [])].every((name) => name === '')) {
    if (act.name === '' || left.length > 0) return
  }
  if (act.do === 'remove') {
    delete live[act.name]
    if (held.params.delete(act.name)) held.changes.set(act.name, undefined)
  } else if (act.do === 'push') {
    if (!Array.isArray(before)) return
    before.push(act.value)
    note(held, act.name, before)
  } else {
    const value = structuredClone(act.value)
    live[act.name] = value
    if (value !== before) note(held, act.name, value)
  }
}

function note(held: Held, name: string, value: unknown): void {
  held.params.set(name, JSON.stringify(value))
  held.changes.set(name, JSON.stringify(value))
}

function replace(held: Held, data: unknown): void {
  const given = structuredClone(data)
  expect(held.session.setData(given)).toEqual({ success: true })
  held.params = paramsOf(given)
  held.isObject = !isOneValue(held.params)
  held.isReplaced = true
}

function paramsOf(data: unknown): Params {
  if (!data) return new Map()
  const isObject = typeof data === 'object' && !Array.isArray(data)
  const entries = isObject ? Object.entries(data) : [['', data] as const]
  return new Map(entries.map(([name, value]) => [name, JSON.stringify(value)]))
}

function isOneValue(params: Params): boolean {
  return params.size === 1 && params.has('')
}

const policies = fc.constantFrom<Policy>(
  { sessionsPerUser: 1, whenFull: 'replace' },
  { sessionsPerUser: 2, whenFull: 'replace' },
  { sessionsPerUser: 2, whenFull: 'refuse' },
  { sessionsPerUser: Infinity, whenFull: 'replace' },
)

interface Place {
  readonly name: string
  readonly numRuns: number
  /** Whether a save of a clean session moves nothing but the time of expiry. */
  readonly touches: boolean
  options(): GivenManagerOptions
}

const places: readonly Place[] = [
  {
    name: 'Memory',
    numRuns: 200,
    touches: true,
    options: () => ({ type: 'driver:Memory;id:UUID36;serialize:JSON', memoryName: String(Math.random()) }),
  },
  {
    name: 'File, in the layout of Concierge::Sessions',
    numRuns: 15,
    touches: true,
    options: () => ({
      type: 'driver:File;id:SHA1;serialize:JSON;layout:Concierge',
      directory: newFolder(),
    }),
  },
  {
    name: 'the backend database',
    numRuns: 15,
    touches: false,
    options: () => ({ storageDir: newFolder() }),
  },
  {
    name: 'the backend file',
    numRuns: 15,
    touches: false,
    options: () => ({ backend: 'file', storageDir: newFolder() }),
  },
]

describe('four hands on the sessions of two users do what the rules say, whatever the order', () => {
  test.each(places)('$name', async ({ numRuns, touches, options }) => {
    const steps = fc.array(step, { minLength: 10, maxLength: 40, size: 'max' })
    await fc.assert(
      fc.asyncProperty(policies, steps, async (policy, steps) => {
        const clock = new TestClock()
        await using manager = await SessionManager.open({ ...options(), ...policy, clock: clock.now })
        const model = new Model(manager, clock, policy, touches)
        for (const act of steps) {
          await model.run(act)
          model.check()
        }
      }),
      { numRuns },
    )
  })
})
