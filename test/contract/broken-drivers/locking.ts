import type { DriverLock, Image } from '../../../src/contracts/driver.ts'
import { LockingMapDriver } from '../map-driver.ts'
import type { BrokenDrivers } from './broken-driver.ts'

/** Drivers whose locks are none, or too much of one. */
export const locking: BrokenDrivers = {
  'lets everybody have the lock': {
    caughtBy: 'tryLock: gives the lock to one at a time',
    Driver: class extends LockingMapDriver {
      override tryLock(): DriverLock {
        return { renew: () => true, release: () => {} }
      }
    },
  },

  'puts a record where the lock is': {
    caughtBy: 'tryLock: needs no record, and makes none',
    Driver: class extends LockingMapDriver {
      override tryLock(id: string): DriverLock | undefined {
        this.records.set(id, this.record(new Uint8Array(0), undefined))
        return super.tryLock(id)
      }
    },
  },

  'is kept out by its own lock': {
    caughtBy: 'tryLock: lets the verbs of its driver go on',
    Driver: class extends LockingMapDriver {
      override store(id: string, image: Image, lifetime: number | undefined): void | Promise<void> {
        if (this.isLocked(id)) throw this.outage('the lock is taken, and the storage')
        return super.store(id, image, lifetime)
      }
    },
  },
}
