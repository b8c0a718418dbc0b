// What the tests of locks share.
import { StorageError } from '../../src/errors.ts'
import DataSession from '../../src/layouts/DataSession.ts'
import { LeaseClaim } from '../../src/locks/lease.ts'
import { SessionLocks } from '../../src/locks/session-locks.ts'
import { RecordStore } from '../../src/record-store.ts'
import JSONSerializer from '../../serializers/JSON.ts'
import { contextOf, newStorage } from '../../src/testing/context.ts'
import { MapDriver } from '../contract/map-driver.ts'
import { TestClock } from '../support/clock.ts'

type Verb = 'create' | 'retrieve' | 'replace' | 'removeIf'

/** A driver that can be made to do something else, and tells what it is asked for. */
export class LockDriver extends MapDriver {
  readonly calls: Verb[] = []

  /** What is done in the place of a verb, which `go` does; called once. */
  readonly instead: Partial<Record<Verb, (go: () => unknown) => unknown>> = {}

  override create(...given: Parameters<MapDriver['create']>): ReturnType<MapDriver['create']> {
    return this.#do('create', () => super.create(...given))
  }

  override retrieve(...given: Parameters<MapDriver['retrieve']>): ReturnType<MapDriver['retrieve']> {
    return this.#do('retrieve', () => super.retrieve(...given))
  }

  override replace(...given: Parameters<MapDriver['replace']>): ReturnType<MapDriver['replace']> {
    return this.#do('replace', () => super.replace(...given))
  }

  override removeIf(...given: Parameters<MapDriver['removeIf']>): ReturnType<MapDriver['removeIf']> {
    return this.#do('removeIf', () => super.removeIf(...given))
  }

  #do<T>(verb: Verb, go: () => T): T {
    this.calls.push(verb)
    const instead = this.instead[verb]
    delete this.instead[verb]
    return instead ? (instead(go) as T) : go()
  }
}

/** A verb that fails, with nothing done. */
export const failing = (): never => {
  throw new StorageError('out of order')
}

/** A verb that fails after it was done. */
export const doneAndFailing = (go: () => unknown): never => {
  go()
  return failing()
}

/** A storage with locks, whose clocks stand still until they are moved. */
export function newLocks(storage = newStorage()) {
  const clock = new TestClock()
  let milliseconds = 0
  const driver = new LockDriver(contextOf(clock.now, storage))
  const serializer = new JSONSerializer({})
  const records = new RecordStore(driver, { serializer, layout: new DataSession(), shared: false })
  const rules = { now: () => clock.seconds, monotonic: () => milliseconds }
  return {
    clock,
    time: { pass: (more: number) => void (milliseconds += more) },
    driver,
    records,
    rules,
    locks: new SessionLocks(records, rules),
    /** One who wants the lock of the session 'a'. */
    claim: (lease: number) => new LeaseClaim(records, rules, 'a', lease),
    /** What the record under this id says. */
    stored: async (id: string): Promise<unknown> =>
      JSON.parse(Buffer.from((await driver.retrieve(id))!.image).toString()),
  }
}
