import type { ConditionalResult, Driver, Image } from './contracts/driver.ts'
import { Turns } from './turns.ts'

/** A driver with all conditional writes. `touch`, `purge` and `tryLock` have no replacement that a driver could give. */
export type CompleteDriver = Driver & Required<Pick<Driver, 'create' | 'replace' | 'removeIf'>>

/**
 * Gives a driver the conditional writes that it lacks, made of `retrieve`, `store` and `remove`. They exclude each
 * other within one store; a second process, or a second store on the same storage, can still slip in between.
 */
export function completeDriver(driver: Driver): CompleteDriver {
  const turns = new Turns()

  const ifUnchanged = (id: string, expected: Image, write: () => unknown): Promise<ConditionalResult> =>
    turns.take(id, async () => {
      const current = await driver.retrieve(id)
      if (!current) return 'absent'
      if (!sameBytes(current.image, expected)) return 'changed'
      await write()
      return 'done'
    })

  return {
    checkId: (id) => driver.checkId?.(id),
    retrieve: (id) => driver.retrieve(id),
    store: (id, image, lifetime) => driver.store(id, image, lifetime),
    remove: (id) => driver.remove(id),
    ids: (options) => driver.ids(options),
    close: () => driver.close(),
    create: driver.create
      ? driver.create.bind(driver)
      : (id, image, lifetime) =>
          turns.take(id, async () => {
            if (await driver.retrieve(id)) return false
            await driver.store(id, image, lifetime)
            return true
          }),
    replace: driver.replace
      ? driver.replace.bind(driver)
      : (id, expected, image, lifetime) => ifUnchanged(id, expected, () => driver.store(id, image, lifetime)),
    removeIf: driver.removeIf
      ? driver.removeIf.bind(driver)
      : (id, expected) => ifUnchanged(id, expected, () => driver.remove(id)),
    ...(driver.idsOf && { idsOf: driver.idsOf.bind(driver) }),
    ...(driver.touch && { touch: driver.touch.bind(driver) }),
    ...(driver.purge && { purge: driver.purge.bind(driver) }),
    ...(driver.tryLock && { tryLock: driver.tryLock.bind(driver) }),
  }
}

function sameBytes(a: Image, b: Image): boolean {
  return Buffer.compare(a, b) === 0
}
