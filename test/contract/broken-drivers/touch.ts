import { setImmediate as later } from 'node:timers/promises'
import { MapDriver } from '../map-driver.ts'
import type { BrokenDrivers } from './broken-driver.ts'

/** Drivers that touch badly. */
export const touch: BrokenDrivers = {
  'makes an empty record by touch': {
    caughtBy: 'touch: makes no record',
    Driver: class extends MapDriver {
      override touch(id: string, lifetime: number | undefined) {
        if (!this.records.has(id)) this.records.set(id, this.record(new Uint8Array(0), lifetime))
        return super.touch(id, lifetime)
      }
    },
  },

  'gives the expired an empty life by touch': {
    caughtBy: 'touch: of an expired record makes no empty one',
    Driver: class extends MapDriver {
      override touch(id: string, lifetime: number | undefined) {
        const record = this.records.get(id)
        if ((record?.expires ?? Infinity) < this.context.clock() / 1000) {
          this.records.set(id, this.record(new Uint8Array(0), lifetime))
        }
        return super.touch(id, lifetime)
      }
    },
  },

  'says it touched and did not': {
    caughtBy: 'touch: moves the expiry and leaves the image',
    Driver: class extends MapDriver {
      override touch(id: string) {
        return this.records.has(id)
      }
    },
  },

  'touches to later times only': {
    caughtBy: 'touch: moves it to an earlier time as well',
    Driver: class extends MapDriver {
      override touch(id: string, lifetime: number | undefined) {
        const record = this.records.get(id)
        const expires = this.expiry(lifetime)
        if (record) record.expires = expires && Math.max(expires, record.expires ?? 0)
        return record !== undefined
      }
    },
  },

  'touches only what expires': {
    caughtBy: 'touch: gives an expiry to a record that never expired',
    Driver: class extends MapDriver {
      override touch(id: string, lifetime: number | undefined) {
        return this.records.get(id)?.expires === undefined ? this.records.has(id) : super.touch(id, lifetime)
      }
    },
  },

  'touches with no lifetime in vain': {
    caughtBy: 'touch: to no lifetime makes it never expire',
    Driver: class extends MapDriver {
      override touch(id: string, lifetime: number | undefined) {
        return lifetime === undefined ? this.records.has(id) : super.touch(id, lifetime)
      }
    },
  },

  'answers touch by the number of changed rows': {
    caughtBy: 'touch: answers true when it changes nothing',
    Driver: class extends MapDriver {
      override touch(id: string, lifetime: number | undefined) {
        if (this.records.get(id)?.expires === this.expiry(lifetime)) return false
        return super.touch(id, lifetime)
      }
    },
  },

  'touches all records': {
    caughtBy: 'touch: leaves other records alone',
    Driver: class extends MapDriver {
      override touch(id: string, lifetime: number | undefined) {
        for (const record of this.records.values()) record.expires = this.expiry(lifetime)
        return this.records.has(id)
      }
    },
  },

  'touches by reading and writing': {
    caughtBy: 'touch: keeps what is replaced at the same time',
    Driver: class extends MapDriver {
      override async touch(id: string, lifetime: number | undefined): Promise<boolean> {
        const record = this.records.get(id)
        await later()
        if (record && this.records.has(id)) this.records.set(id, this.record(record.image, lifetime))
        return record !== undefined
      }
    },
  },

  'lets a late touch bring a record back': {
    caughtBy: 'touch: beside a remove never brings the record back',
    Driver: class extends MapDriver {
      override async touch(id: string, lifetime: number | undefined): Promise<boolean> {
        const record = this.records.get(id)
        await later()
        if (record) this.records.set(id, this.record(record.image, lifetime))
        return record !== undefined
      }
    },
  },
}
