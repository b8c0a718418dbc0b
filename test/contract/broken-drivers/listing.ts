import type { Image } from '../../../src/contracts/driver.ts'
import { MapDriver } from '../map-driver.ts'
import type { BrokenDrivers } from './broken-driver.ts'

/** Drivers that list badly. */
export const listing: BrokenDrivers = {
  'lists ids twice': {
    caughtBy: 'ids: lists every id once',
    Driver: class extends MapDriver {
      override *ids() {
        yield* super.ids()
        yield* super.ids()
      }
    },
  },

  'lists the first page only': {
    caughtBy: 'ids: lists every id once',
    Driver: class extends MapDriver {
      override *ids() {
        yield* [...super.ids()].slice(0, 1000)
      }
    },
  },

  'counts its way through pages': {
    caughtBy: 'ids: goes on while each record is removed as it comes',
    Driver: class extends MapDriver {
      override *ids() {
        for (let offset = 0; offset < this.records.size; offset += 100) {
          yield* [...super.ids()].slice(offset, offset + 100)
        }
      }
    },
  },

  'lists what is made while it lists': {
    caughtBy: 'ids: ends when each record is removed and made again as it comes',
    Driver: class extends MapDriver {
      override *ids() {
        yield* this.records.keys()
      }
    },
  },

  'moves what is stored again to the end of the list': {
    caughtBy: 'ids: lists once what is stored again as it comes',
    Driver: class extends MapDriver {
      override store(id: string, image: Image, lifetime: number | undefined): void {
        this.records.delete(id)
        this.records.set(id, this.record(image, lifetime))
      }

      override *ids() {
        yield* this.records.keys()
      }
    },
  },

  'stays locked when a listing is left early': {
    caughtBy: 'ids: can be left early',
    Driver: class extends MapDriver {
      #listing = false

      override *ids() {
        if (this.#listing) throw new Error('This database connection is busy executing a query')
        this.#listing = true
        yield* super.ids()
        this.#listing = false
      }
    },
  },

  'has one cursor for all listings': {
    caughtBy: 'ids: can run twice at the same time',
    Driver: class extends MapDriver {
      #cursor: Iterator<string> | undefined

      override *ids() {
        this.#cursor ??= super.ids()
        for (let step = this.#cursor.next(); !step.done; step = this.#cursor.next()) yield step.value
        this.#cursor = undefined
      }
    },
  },

  'reads all ids before it lists the first': {
    caughtBy: 'ids: lists 100,000 records in constant memory',
    Driver: class extends MapDriver {
      override *ids() {
        yield* [...super.ids()].map((id) => Buffer.from(id).toString())
      }
    },
  },

  'lists a key of its own': {
    caughtBy: 'ids: lists nothing in an empty storage',
    Driver: class extends MapDriver {
      override *ids() {
        yield 'schema_version'
        yield* super.ids()
      }
    },
  },
}
