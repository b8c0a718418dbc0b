import { setImmediate as later } from 'node:timers/promises'
import type { IdsOptions, Image } from '../../../src/contracts/driver.ts'
import { MapDriver } from '../map-driver.ts'
import type { BrokenDrivers } from './broken-driver.ts'

/** A driver with another idea of when a lifetime ends. */
function expiring(
  expiry: (now: number, lifetime: number | undefined) => number | undefined,
): typeof MapDriver {
  return class extends MapDriver {
    protected override expiry(lifetime: number | undefined): number | undefined {
      return expiry(this.context.clock() / 1000, lifetime)
    }
  }
}

const hour = (now: number, lifetime: number) => Math.floor(now) + (lifetime > 0 ? lifetime : -1)

/** Drivers with another idea of time. */
export const lifetime: BrokenDrivers = {
  'leaves the expired out of the list of the expired': {
    caughtBy: 'lifetime: ids({ expiredBefore }) lists what has expired',
    Driver: class extends MapDriver {
      override *ids({ expiredBefore = Infinity }: IdsOptions = {}) {
        if (expiredBefore === Infinity) yield* super.ids()
        else yield* super.ids({ expiredBefore: expiredBefore - 1 })
      }
    },
  },

  'gives a day to records that never expire': {
    caughtBy: 'lifetime: a record without one never expires',
    Driver: expiring((now, lifetime = 86_400) => hour(now, lifetime)),
  },

  'takes 30 days for a date': {
    caughtBy: 'lifetime: a record lives until it is over, from a second to a century',
    Driver: expiring((now, lifetime) =>
      lifetime === undefined || lifetime > 2_592_000 ? lifetime : hour(now, lifetime),
    ),
  },

  'rounds the time up': {
    caughtBy: 'lifetime: counts in whole seconds from the second in which it is stored',
    Driver: expiring((now, lifetime) => lifetime && hour(Math.round(now), lifetime)),
  },

  'tells milliseconds': {
    caughtBy: 'lifetime: a record lives until it is over, from a second to a century',
    Driver: expiring((now, lifetime) => lifetime && hour(now, lifetime) * 1000),
  },

  'takes a lifetime of 0 for none': {
    caughtBy: 'lifetime: of 0 or less is taken, and is over at once',
    Driver: expiring((now, lifetime) => (lifetime ? hour(now, lifetime) : undefined)),
  },

  'leaves the expiry as the first store set it': {
    caughtBy: 'lifetime: starts anew with each store',
    Driver: class extends MapDriver {
      override store(id: string, image: Image, lifetime: number | undefined): void {
        const { expires } = this.records.get(id) ?? this.record(image, lifetime)
        this.records.set(id, { ...this.record(image, lifetime), expires })
      }
    },
  },

  'leaves the expiry when a store gives none': {
    caughtBy: 'lifetime: ends when a store gives none',
    Driver: class extends MapDriver {
      override store(id: string, image: Image, lifetime: number | undefined): void {
        const expires = this.expiry(lifetime) ?? this.records.get(id)?.expires
        this.records.set(id, { ...this.record(image, lifetime), expires })
      }
    },
  },

  'forgets the lifetime when it replaces': {
    caughtBy: 'lifetime: of a created or replaced record counts the same',
    Driver: class extends MapDriver {
      override replace(id: string, expected: Image, image: Image) {
        const { expires } = this.records.get(id) ?? { expires: undefined }
        const result = super.replace(id, expected, image, undefined)
        const record = this.records.get(id)
        if (record) record.expires = expires
        return result
      }
    },
  },

  'moves the expiry though it does not create': {
    caughtBy: 'lifetime: a conditional write that is refused leaves it',
    Driver: class extends MapDriver {
      override create(id: string, image: Image, lifetime: number | undefined) {
        const record = this.records.get(id)
        if (record) record.expires = this.expiry(lifetime)
        return super.create(id, image, lifetime)
      }
    },
  },

  'purges one second too early': {
    caughtBy: 'purge: removes what expired before that second, and nothing else',
    Driver: class extends MapDriver {
      override purge(now: number) {
        return super.purge(now + 1)
      }
    },
  },

  'purges what never expires': {
    caughtBy: 'purge: removes what expired before that second, and nothing else',
    Driver: class extends MapDriver {
      override purge(now: number) {
        for (const [id, { expires }] of this.records) if (expires === undefined) this.records.delete(id)
        return super.purge(now)
      }
    },
  },

  'purges without counting': {
    caughtBy: 'purge: removes thousands and counts them',
    Driver: class extends MapDriver {
      override purge(now: number) {
        return Math.min(super.purge(now), 1000)
      }
    },
  },

  'counts what it does not purge': {
    caughtBy: 'purge: of an empty storage removes nothing',
    Driver: class extends MapDriver {
      override purge(now: number) {
        return super.purge(now) + 1
      }
    },
  },

  'purges by its own clock': {
    caughtBy: 'purge: goes by the time it is given, not by the clock',
    Driver: class extends MapDriver {
      override purge() {
        return super.purge(Math.floor(this.context.clock() / 1000))
      }
    },
  },

  'purges by the expiry of the first store': {
    caughtBy: 'purge: goes by the expiry that touch or store moved',
    Driver: class extends MapDriver {
      readonly #index = new Map<string, number>()

      override store(id: string, image: Image, lifetime: number | undefined): void {
        const expires = this.expiry(lifetime)
        if (expires !== undefined && !this.#index.has(id)) this.#index.set(id, expires)
        this.records.set(id, this.record(image, lifetime))
      }

      override purge(now: number) {
        const gone = [...this.#index].filter(([, expires]) => expires < now)
        return gone.filter(([id]) => this.records.delete(id)).length
      }
    },
  },

  'looks first and purges later': {
    caughtBy: 'purge: leaves what is stored meanwhile',
    Driver: class extends MapDriver {
      override purge(now: number): never {
        const slow = async () => {
          const expired = [...super.ids({ expiredBefore: now })]
          await later()
          return expired.filter((id) => this.records.delete(id)).length
        }
        return slow() as never
      }
    },
  },
}
