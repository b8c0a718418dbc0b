import type { Image, StoredImage } from '../../../src/contracts/driver.ts'
import type { MapRecord } from '../map-driver.ts'
import { MapDriver } from '../map-driver.ts'
import type { BrokenDrivers } from './broken-driver.ts'

/** A driver that keeps images in a form that does not fit them. */
function distorting(distort: (image: Buffer) => Uint8Array): typeof MapDriver {
  return class extends MapDriver {
    protected override record(image: Image, lifetime: number | undefined): MapRecord {
      return super.record(distort(Buffer.from(image)), lifetime)
    }
  }
}

/** Drivers that mistake absence, or change bytes. */
export const bytes: BrokenDrivers = {
  'throws for an unknown id': {
    caughtBy: 'absence: retrieve of an unknown id answers undefined',
    Driver: class extends MapDriver {
      override retrieve(id: string) {
        if (!this.records.has(id)) throw new Error('ENOENT')
        return super.retrieve(id)
      }
    },
  },

  'calls every removal a success': {
    caughtBy: 'absence: remove answers whether there was a record',
    Driver: class extends MapDriver {
      override remove(id: string): true {
        super.remove(id)
        return true
      }
    },
  },

  'makes an empty record when it is asked for one': {
    caughtBy: 'absence: asking makes no record',
    Driver: class extends MapDriver {
      override remove(id: string): boolean {
        const there = super.remove(id)
        if (!there) this.records.set(id, this.record(new Uint8Array(0), undefined))
        return there
      }
    },
  },

  'removes everything': {
    caughtBy: 'absence: a removed record is gone, the others stay',
    Driver: class extends MapDriver {
      override remove(id: string): boolean {
        const there = super.remove(id)
        if (there) this.records.clear()
        return there
      }
    },
  },

  'stores nothing under an id that was removed': {
    caughtBy: 'absence: a removed record can be stored again',
    Driver: class extends MapDriver {
      readonly #removed = new Set<string>()

      override store(id: string, image: Image, lifetime: number | undefined): void {
        if (!this.#removed.has(id)) this.records.set(id, this.record(image, lifetime))
      }

      override remove(id: string): boolean {
        this.#removed.add(id)
        return super.remove(id)
      }
    },
  },

  'keeps text instead of bytes': {
    caughtBy: 'bytes: keeps every byte value',
    Driver: distorting((image) => Buffer.from(image.toString())),
  },

  'ends images at the first NUL': {
    caughtBy: 'bytes: keeps NUL bytes at both ends and alone',
    Driver: distorting((image) => image.subarray(0, (image.indexOf(0) + 1 || image.length + 1) - 1)),
  },

  'trims images': {
    caughtBy: 'bytes: takes images for bytes, whatever they look like',
    Driver: distorting((image) => Buffer.from(image.toString('latin1').trim(), 'latin1')),
  },

  'cuts images off at 64 KB': {
    caughtBy: 'bytes: keeps a large image',
    Driver: distorting((image) => image.subarray(0, 65_535)),
  },

  'takes an empty image for no record': {
    caughtBy: 'bytes: keeps an image of no bytes, as a record',
    Driver: class extends MapDriver {
      override retrieve(id: string) {
        return this.records.get(id)?.image.length === 0 ? undefined : super.retrieve(id)
      }
    },
  },

  'overwrites without cutting off the rest': {
    caughtBy: 'bytes: replaces a long image by a short one',
    Driver: class extends MapDriver {
      override store(id: string, image: Image, lifetime: number | undefined): void {
        const rest = this.records.get(id)?.image.subarray(image.length) ?? new Uint8Array(0)
        this.records.set(id, this.record(Buffer.concat([image, rest]), lifetime))
      }
    },
  },

  'keeps the whole buffer that a part was given of': {
    caughtBy: 'bytes: takes a Buffer, and the part of a larger buffer',
    Driver: class extends MapDriver {
      protected override record(image: Image, lifetime: number | undefined): MapRecord {
        return { image: new Uint8Array(image.buffer.slice(0)), expires: this.expiry(lifetime) }
      }
    },
  },

  "keeps the caller's buffer": {
    caughtBy: "bytes: keeps its image when the caller's buffer changes",
    Driver: class extends MapDriver {
      protected override record(image: Image, lifetime: number | undefined): MapRecord {
        return { image, expires: this.expiry(lifetime) }
      }
    },
  },

  'hands out its own buffer': {
    caughtBy: 'bytes: keeps its image when a retrieved buffer changes',
    Driver: class extends MapDriver {
      override retrieve(id: string): StoredImage | undefined {
        return this.records.get(id)
      }
    },
  },

  'cuts off what is over its limit': {
    caughtBy: 'bytes: refuses an image over its limit, and leaves the old one',
    setup: { maxImage: 10_000 },
    Driver: distorting((image) => image.subarray(0, 10_000)),
  },
}
