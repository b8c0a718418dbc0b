import { setImmediate as later } from 'node:timers/promises'
import type { Image, StoredImage } from '../../../src/contracts/driver.ts'
import { MapDriver } from '../map-driver.ts'
import type { BrokenDrivers } from './broken-driver.ts'

/** Drivers that count on being alone. */
export const concurrency: BrokenDrivers = {
  'writes in two steps': {
    caughtBy: 'at once: a reader never sees half an image, or none',
    Driver: class extends MapDriver {
      override async store(id: string, image: Image, lifetime: number | undefined): Promise<void> {
        this.records.set(id, this.record(image.subarray(0, 65_536), lifetime))
        await later()
        this.records.set(id, this.record(image, lifetime))
      }
    },
  },

  'mixes calls that are under way at the same time': {
    caughtBy: 'at once: fifty ids do not mix',
    Driver: class extends MapDriver {
      #asked = ''

      override async retrieve(id: string): Promise<StoredImage | undefined> {
        this.#asked = id
        await later()
        return super.retrieve(this.#asked)
      }
    },
  },

  'writes twenty images into each other': {
    caughtBy: 'at once: twenty stores of one id leave one whole image',
    Driver: class extends MapDriver {
      override async store(id: string, image: Image, lifetime: number | undefined): Promise<void> {
        const half = image.length >> 1
        const begin = image.subarray(0, half)
        await later()
        const rest = this.records.get(id)?.image.subarray(half) ?? image.subarray(half)
        this.records.set(id, this.record(Buffer.concat([begin, rest]), lifetime))
      }
    },
  },

  'removes the same record several times at once': {
    caughtBy: 'at once: of twenty removes one answers true',
    Driver: class extends MapDriver {
      override remove(id: string): never {
        const slow = async () => {
          const there = this.records.has(id)
          await later()
          this.records.delete(id)
          return there
        }
        return slow() as never
      }
    },
  },

  'lists what it had when the listing began to be read': {
    caughtBy: 'at once: reading and writing go on while ids are listed',
    Driver: class extends MapDriver {
      #listing = false

      override async retrieve(id: string): Promise<StoredImage | undefined> {
        if (this.#listing) throw new Error('This database connection is busy executing a query')
        return super.retrieve(id)
      }

      override *ids() {
        this.#listing = true
        yield* super.ids()
        this.#listing = false
      }
    },
  },

  'removes and stores instead of replacing': {
    caughtBy: 'two drivers: show each other whole images only',
    Driver: class extends MapDriver {
      override async store(id: string, image: Image, lifetime: number | undefined): Promise<void> {
        this.records.delete(id)
        await later()
        this.records.set(id, this.record(image, lifetime))
      }
    },
  },

  'reads from a cache of its own': {
    caughtBy: 'two drivers: see what the other one does',
    Driver: class extends MapDriver {
      readonly #cache = new Map<string, StoredImage>()

      override retrieve(id: string) {
        const cached = this.#cache.get(id) ?? (super.retrieve(id) as StoredImage | undefined)
        if (cached) this.#cache.set(id, cached)
        return cached
      }
    },
  },

  'forgets everything when it is closed': {
    caughtBy: 'two drivers: find what was stored before all were closed',
    Driver: class extends MapDriver {
      override close(): void {
        this.records.clear()
      }
    },
  },

  'closes what others use': {
    caughtBy: 'two drivers: do not close each other',
    Driver: class extends MapDriver {
      static readonly closed = new Set<string>()

      override store(id: string, image: Image, lifetime: number | undefined): void {
        const { closed } = this.constructor as unknown as { closed: Set<string> }
        if (closed.has(this.context.storage)) throw new Error('The database connection is not open')
        this.records.set(id, this.record(image, lifetime))
      }

      override close(): void {
        const { closed } = this.constructor as unknown as { closed: Set<string> }
        closed.add(this.context.storage)
      }
    },
  },

  'counts on being the only one': {
    caughtBy: 'two drivers: count right together by replace',
    Driver: class extends MapDriver {
      readonly #seen = new Map<string, Image>()

      override retrieve(id: string) {
        const stored = super.retrieve(id) as StoredImage | undefined
        if (stored) this.#seen.set(id, stored.image)
        return stored
      }

      override async replace(id: string, expected: Image, image: Image, lifetime: number | undefined) {
        const seen = this.#seen.get(id)
        await later()
        if (!seen || !this.equal(seen, expected)) return 'changed'
        this.#seen.set(id, image)
        this.records.set(id, this.record(image, lifetime))
        return 'done'
      }
    },
  },

  'locks creating for itself only': {
    caughtBy: 'two drivers: of their creates one wins',
    Driver: class extends MapDriver {
      readonly #busy = new Set<string>()

      override async create(id: string, image: Image, lifetime: number | undefined): Promise<boolean> {
        if (this.#busy.has(id) || this.records.has(id)) return false
        this.#busy.add(id)
        await later()
        this.records.set(id, this.record(image, lifetime))
        return true
      }
    },
  },

  'locks removing for itself only': {
    caughtBy: 'two drivers: of their removes one answers true',
    Driver: class extends MapDriver {
      readonly #busy = new Set<string>()

      override remove(id: string): never {
        const slow = async () => {
          if (this.#busy.has(id)) return false
          this.#busy.add(id)
          const there = this.records.has(id)
          await later()
          this.records.delete(id)
          this.#busy.delete(id)
          return there
        }
        return slow() as never
      }
    },
  },

  'loses its place when another driver removes': {
    caughtBy: 'two drivers: list while the other one removes',
    Driver: class extends MapDriver {
      override *ids() {
        for (let offset = 0; offset < this.records.size; offset += 10) {
          yield* [...super.ids()].slice(offset, offset + 10)
        }
      }
    },
  },
}
