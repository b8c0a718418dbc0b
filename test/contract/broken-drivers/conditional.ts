import { setImmediate as later } from 'node:timers/promises'
import type { ConditionalResult, Image } from '../../../src/contracts/driver.ts'
import { MapDriver } from '../map-driver.ts'
import type { BrokenDrivers } from './broken-driver.ts'

/** A driver that takes another image for the expected one. */
function comparing(equal: (one: Buffer, other: Buffer) => boolean): typeof MapDriver {
  return class extends MapDriver {
    protected override equal(one: Image, other: Image): boolean {
      return equal(Buffer.from(one), Buffer.from(other))
    }
  }
}

/** Drivers whose conditional writes are not. */
export const conditional: BrokenDrivers = {
  'creates over what is there': {
    caughtBy: 'create: leaves a record that is there',
    Driver: class extends MapDriver {
      override create(id: string, image: Image, lifetime: number | undefined): boolean {
        const created = !this.records.has(id)
        this.records.set(id, this.record(image, lifetime))
        return created
      }
    },
  },

  'creates over an empty image': {
    caughtBy: 'create: leaves an empty image that is there',
    Driver: class extends MapDriver {
      override create(id: string, image: Image, lifetime: number | undefined) {
        if (this.records.get(id)?.image.length === 0) this.records.delete(id)
        return super.create(id, image, lifetime)
      }
    },
  },

  'looks first and creates later': {
    caughtBy: 'create: of twenty at once one wins',
    Driver: class extends MapDriver {
      override async create(id: string, image: Image, lifetime: number | undefined): Promise<boolean> {
        if (this.records.has(id)) return false
        await later()
        this.records.set(id, this.record(image, lifetime))
        return true
      }
    },
  },

  'says it created and did not': {
    caughtBy: 'create: makes a record that is not there',
    Driver: class extends MapDriver {
      override create(id: string) {
        return !this.records.has(id)
      }
    },
  },

  'creates each id once': {
    caughtBy: 'create: makes again what was removed',
    Driver: class extends MapDriver {
      readonly #created = new Set<string>()

      override create(id: string, image: Image, lifetime: number | undefined) {
        if (this.#created.has(id)) return false
        this.#created.add(id)
        return super.create(id, image, lifetime)
      }
    },
  },

  "creates with the caller's buffer": {
    caughtBy: "create: keeps its image when the caller's buffer changes",
    Driver: class extends MapDriver {
      override create(id: string, image: Image, lifetime: number | undefined) {
        if (this.records.has(id)) return false
        this.records.set(id, { image, expires: this.expiry(lifetime) })
        return true
      }
    },
  },

  'brings removed records back by replace': {
    caughtBy: 'replace: never brings a removed record back',
    Driver: class extends MapDriver {
      override replace(id: string, expected: Image, image: Image, lifetime: number | undefined) {
        if (this.records.has(id)) return super.replace(id, expected, image, lifetime)
        this.records.set(id, this.record(image, lifetime))
        return 'absent'
      }
    },
  },

  'takes no record for an empty one': {
    caughtBy: 'replace: makes nothing when there is no record',
    Driver: class extends MapDriver {
      override replace(id: string, expected: Image, image: Image, lifetime: number | undefined) {
        if (expected.length === 0) void super.store(id, image, lifetime)
        return super.replace(id, expected, image, lifetime)
      }
    },
  },

  'replaces whatever is there': {
    caughtBy: 'replace: does not when the record has changed',
    Driver: comparing(() => true),
  },

  'compares lengths': {
    caughtBy: 'replace: compares byte by byte',
    Driver: comparing((one, other) => one.length === other.length),
  },

  'compares as text': {
    caughtBy: 'replace: compares bytes that are no text',
    Driver: comparing((one, other) => one.toString() === other.toString()),
  },

  'answers by the number of changed rows': {
    caughtBy: 'replace: is done when old and new are the same',
    Driver: class extends MapDriver {
      override replace(id: string, expected: Image, image: Image, lifetime: number | undefined) {
        if (this.equal(expected, image) && this.records.has(id)) return 'changed'
        return super.replace(id, expected, image, lifetime)
      }
    },
  },

  'compares first and replaces later': {
    caughtBy: 'replace: of twenty at once from one image one is done',
    Driver: class extends MapDriver {
      override async replace(id: string, expected: Image, image: Image, lifetime: number | undefined) {
        const result = this.compare(id, expected)
        await later()
        if (result === 'done') this.records.set(id, this.record(image, lifetime))
        return result
      }
    },
  },

  'lets a late replace bring a record back': {
    caughtBy: 'replace: beside a remove never brings the record back',
    Driver: class extends MapDriver {
      override async replace(id: string, expected: Image, image: Image, lifetime: number | undefined) {
        const result = this.compare(id, expected)
        await later()
        if (result === 'done') this.records.set(id, this.record(image, lifetime))
        return result
      }
    },
  },

  'says it replaced and did not': {
    caughtBy: 'replace: puts the image there when the record is as expected',
    Driver: class extends MapDriver {
      override replace(id: string, expected: Image) {
        return this.compare(id, expected)
      }
    },
  },

  "replaces by the caller's buffer": {
    caughtBy: "replace: keeps its image when the caller's buffer changes",
    Driver: class extends MapDriver {
      override replace(id: string, expected: Image, image: Image, lifetime: number | undefined) {
        const result = this.compare(id, expected)
        if (result === 'done') this.records.set(id, { image, expires: this.expiry(lifetime) })
        return result
      }
    },
  },

  'compares as a database compares text': {
    caughtBy: 'removeIf: leaves the record when it has changed',
    Driver: comparing(
      (one, other) => one.toString().trimEnd().toLowerCase() === other.toString().trimEnd().toLowerCase(),
    ),
  },

  'removes all of twenty at once': {
    caughtBy: 'removeIf: of twenty at once one is done',
    Driver: class extends MapDriver {
      #last = ''

      override removeIf(id: string, expected: Image): ConditionalResult {
        if (this.#last === id) return 'done'
        this.#last = id
        return super.removeIf(id, expected)
      }
    },
  },

  'takes what is gone for changed': {
    caughtBy: 'removeIf: says so when there is no record',
    Driver: class extends MapDriver {
      override removeIf(id: string, expected: Image): ConditionalResult {
        return super.removeIf(id, expected) === 'done' ? 'done' : 'changed'
      }
    },
  },

  'says it removed and did not': {
    caughtBy: 'removeIf: takes the record away when it is as expected',
    Driver: class extends MapDriver {
      override removeIf(id: string, expected: Image) {
        return this.compare(id, expected)
      }
    },
  },
}
