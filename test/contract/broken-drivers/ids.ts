import { posix } from 'node:path'
import type { ConditionalResult } from '../../../src/contracts/driver.ts'
import type { MapRecord } from '../map-driver.ts'
import { MapDriver } from '../map-driver.ts'
import type { BrokenDrivers } from './broken-driver.ts'

/** A driver that takes other ids for one and the same. */
function confusing(keyOf: (id: string) => string): typeof MapDriver {
  return class extends MapDriver {
    protected override get records(): Map<string, MapRecord> {
      const all = super.records
      return new Proxy(all, {
        get(target, property) {
          const value: unknown = Reflect.get(target, property)
          if (typeof value !== 'function') return value
          const keyed = ['get', 'set', 'has', 'delete'].includes(String(property))
          return (first: unknown, ...rest: unknown[]): unknown =>
            Reflect.apply(value, target, keyed ? [keyOf(String(first)), ...rest] : [first, ...rest])
        },
      })
    }
  }
}

/** Drivers that mistake one id for another. */
export const ids: BrokenDrivers = {
  'mixes upper and lower case': {
    caughtBy: 'id: ids that differ in upper and lower case only are kept apart, or refused',
    Driver: confusing((id) => id.toLowerCase()),
  },

  'drops blanks at the end of ids': {
    caughtBy: 'id: ids that differ in spaces only are kept apart, or refused',
    Driver: confusing((id) => id.trimEnd()),
  },

  'normalizes ids': {
    caughtBy: 'id: ids that differ in Unicode normalization only are kept apart, or refused',
    Driver: confusing((id) => id.normalize()),
  },

  'keeps ids as UTF-8': {
    caughtBy: 'id: ids with half a surrogate pair are kept apart, or refused',
    Driver: confusing((id) => Buffer.from(id).toString()),
  },

  'keeps ids as Latin-1': {
    caughtBy: 'id: ids of letters outside ASCII are kept apart, or refused',
    Driver: confusing((id) => Buffer.from(id, 'latin1').toString('latin1')),
  },

  'ends ids at the first NUL': {
    caughtBy: 'id: ids with NUL are kept apart, or refused',
    Driver: confusing((id) => id.split('\0', 1).join('')),
  },

  'drops control characters from ids': {
    caughtBy: 'id: ids with control characters are kept apart, or refused',
    Driver: confusing((id) => id.replace(/(?!\0)\p{Cc}/gu, '')),
  },

  'cuts ids off': {
    caughtBy: 'id: ids that differ in the last of many characters are kept apart, or refused',
    Driver: confusing((id) => id.slice(0, 255)),
  },

  'cuts ids off by bytes': {
    caughtBy: 'id: ids that are longer in bytes than in characters are kept apart, or refused',
    Driver: confusing((id) => Buffer.from(id).subarray(0, 255).toString('latin1')),
  },

  'follows paths': {
    caughtBy: 'id: ids that look like paths are kept apart, or refused',
    Driver: confusing((id) => posix.resolve('/', id)),
  },

  'decodes ids': {
    caughtBy: 'id: ids that look like escaped paths are kept apart, or refused',
    Driver: confusing((id) => id.replaceAll('%2e', '.').replaceAll('%2f', '/')),
  },

  'takes ids for numbers': {
    caughtBy: 'id: ids that look like numbers are kept apart, or refused',
    Driver: confusing((id) => (id.trim() === '' ? id : String(Number(id) || id))),
  },

  'takes some ids for nothing': {
    caughtBy: 'id: ids that are words of the trade are kept apart, or refused',
    Driver: confusing((id) => (id === 'null' || id === 'undefined' ? '' : id)),
  },

  'removes by pattern': {
    caughtBy: 'id: ids that look like patterns are kept apart, or refused',
    Driver: class extends MapDriver {
      override remove(id: string): boolean {
        const there = this.records.has(id)
        if (id === '*' || id === '%') this.records.clear()
        return super.remove(id) && there
      }

      override removeIf(id: string): ConditionalResult {
        return this.remove(id) ? 'done' : 'absent'
      }
    },
  },

  'refuses ids with a TypeError': {
    caughtBy: 'id: ids that look like paths are kept apart, or refused',
    Driver: class extends MapDriver {
      checkId(id: string): void {
        if (id.includes('/')) throw new TypeError(id)
      }
    },
  },

  'refuses ordinary ids': {
    caughtBy: 'id: ids such as generators make are taken',
    Driver: class extends MapDriver {
      checkId(id: string): void {
        if (id.length > 36) throw Object.assign(new Error(id), { code: 'ERR_SESSION_ID' })
      }
    },
  },

  'doubles quotes in ids': {
    caughtBy: 'id: ids that look like queries are kept apart, or refused',
    Driver: confusing((id) => id.replaceAll("'", "''")),
  },

  'drops backslashes from ids': {
    caughtBy: 'id: ids with backslashes and percent signs are kept apart, or refused',
    Driver: confusing((id) => id.replaceAll('\\', '')),
  },

  'drops a prefix that it did not add': {
    caughtBy: 'id: ids that begin with one another are kept apart, or refused',
    Driver: confusing((id) => id.replace(/^sess:/, '')),
  },

  'passes over ids that look like files of its own': {
    caughtBy: 'id: ids that name directories or files are kept apart, or refused',
    Driver: class extends MapDriver {
      override *ids() {
        for (const id of super.ids()) if (!id.startsWith('.') && !id.endsWith('.lock')) yield id
      }
    },
  },
}
