import { MapDriver } from '../map-driver.ts'
import type { BrokenDriver, BrokenDrivers } from './broken-driver.ts'

/** A driver that answers in an outage as if nothing was there. */
function placid(
  verb: 'retrieve' | 'remove' | 'create' | 'replace' | 'removeIf' | 'purge',
  absence: unknown,
): BrokenDriver {
  return {
    caughtBy: `outage: ${verb} throws`,
    Driver: class extends MapDriver {
      get [verb](): never {
        const quiet = (...values: unknown[]): unknown => {
          try {
            return Reflect.apply(MapDriver.prototype[verb], this, values)
          } catch {
            return absence
          }
        }
        return quiet as never
      }
    },
  }
}

/** Drivers that hide an outage. */
export const outage: BrokenDrivers = {
  'retrieves nothing in an outage': placid('retrieve', undefined),
  'removes nothing in an outage': placid('remove', false),
  'creates nothing in an outage': placid('create', false),
  'finds nothing to replace in an outage': placid('replace', 'absent'),
  'finds nothing to remove in an outage': placid('removeIf', 'absent'),
  'purges nothing in an outage': placid('purge', 0),

  'ends its list in an outage': {
    caughtBy: 'outage: ids throws',
    Driver: class extends MapDriver {
      override *ids() {
        try {
          yield* super.ids()
        } catch {
          return
        }
      }
    },
  },

  "lets the client's error through": {
    caughtBy: 'outage: store throws',
    Driver: class extends MapDriver {
      protected override outage(): Error {
        return Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
      }
    },
  },

  'does not say why it failed': {
    caughtBy: 'outage: touch throws',
    Driver: class extends MapDriver {
      protected override outage(): Error {
        return Object.assign(new Error('it failed'), { code: 'ERR_SESSION_STORAGE' })
      }
    },
  },
}
