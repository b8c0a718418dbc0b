import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Driver } from '../../../src/contracts/driver.ts'
import type { PluginOptions } from '../../../src/contracts/services.ts'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { isMissing, isPerlMissing, problemsOf } from '../../berkeley-db/here.ts'
import { unlessMissing } from '../../services/in-contract.ts'
import { builtIn } from '../plugins.ts'
import { fastScratchFolder } from '../scratch.ts'

const root = fastScratchFolder()
const folderOf = (storage: string) => join(root, storage)
const fileOf = (storage: string) => join(folderOf(storage), 'sessions.db')

interface Wanted {
  readonly options: (storage: string) => PluginOptions
  /** A database file to begin with. */
  readonly template?: () => string
  /** Look whether libdb finds the file in order after each case. */
  readonly verify?: boolean
}

function setup({ options, template, verify = false }: Wanted): DriverSetup {
  const seen = new Set<string>()
  return {
    offers: ['create', 'replace', 'removeIf'],
    create: (context) => {
      const { storage } = context
      if (!seen.has(storage)) {
        seen.add(storage)
        mkdirSync(folderOf(storage))
        if (template) copyFileSync(template(), fileOf(storage))
      }
      return builtIn<Driver>('drivers', 'BerkeleyDB', context, { timeout: 20_000, ...options(storage) })
    },
    destroy: (storage) => {
      if (verify) expect(problemsOf(fileOf(storage))).toBe('')
      rmSync(folderOf(storage), { recursive: true })
    },
  }
}

/** A file by itself is opened for each visit, and so can be spoilt; in an environment there is nothing to spoil. */
function byItself(wanted: Partial<Wanted> = {}): DriverSetup {
  const spoilt = new Set<string>()
  const { destroy, ...rest } = setup({ options: (storage) => ({ dataSource: fileOf(storage) }), ...wanted })
  return {
    ...rest,
    sabotage: (storage) => {
      spoilt.add(storage)
      rmSync(fileOf(storage))
      mkdirSync(fileOf(storage))
    },
    destroy: (storage) => {
      if (spoilt.has(storage)) rmSync(folderOf(storage), { recursive: true })
      else return destroy!(storage)
    },
  }
}

function inEnvironment(more: PluginOptions = {}, wanted: Partial<Wanted> = {}): DriverSetup {
  return setup({ options: (storage) => ({ directory: folderOf(storage), ...more }), ...wanted })
}

/** A file that a Perl program makes, once. */
function madeByPerl(module: string, statement: string): () => string {
  const file = join(root, `${module}.db`)
  return () => {
    if (!existsSync(file)) {
      const { status, stderr } = spawnSync('perl', [`-M${module}`, '-e', statement, file], {
        encoding: 'utf8',
      })
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    }
    return file
  }
}

const hashOfPerl = 'BerkeleyDB::Hash->new(-Filename => $ARGV[0], -Flags => DB_CREATE) or die $!'
const btreeOfPerl = "tie my %h, 'DB_File', $ARGV[0], 66, 0660, $DB_File::DB_BTREE or die $!"

/** The simplest object that will do, with its records in this process. */
const caches = new Map<string, Map<string, Buffer>>()

function mapOf(storage: string): object {
  let map = caches.get(storage)
  if (!map) caches.set(storage, (map = new Map<string, Buffer>()))
  const records = map
  const broken = () => {
    if (caches.get(storage) !== records) throw new Error('the cache is gone')
  }
  return {
    get: (id: string) => (broken(), records.get(id)),
    put: async (id: string, image: Buffer) => (broken(), void records.set(id, image)),
    del: (id: string) => (broken(), records.delete(id)),
    keys: () => (broken(), records.keys()),
  }
}

const aCache: DriverSetup = {
  offers: [],
  create: (context) => builtIn<Driver>('drivers', 'BerkeleyDB', context, { cache: mapOf(context.storage) }),
  sabotage: (storage) => void caches.set(storage, new Map()),
  destroy: (storage) => void caches.delete(storage),
}

export const setups: Record<string, DriverSetup> = {
  'with an object as cache': aCache,
  ...unlessMissing(isMissing ? 'libdb 5.3, or koffi' : undefined, {
    'a Hash in an environment': { ...inEnvironment({}, { verify: true }), heavy: true },
    'a Btree in an environment': {
      ...inEnvironment({ accessMethod: 'Btree' }, { verify: true }),
      heavy: true,
    },
    'with fsync': inEnvironment({ fsync: true }),
    'a Hash by itself': byItself(),
  }),
  ...unlessMissing(isPerlMissing ? 'Perl with its modules for Berkeley DB' : undefined, {
    'a Hash that Perl made': inEnvironment({}, { template: madeByPerl('BerkeleyDB', hashOfPerl) }),
    'a Btree that Perl made': byItself({ template: madeByPerl('DB_File', btreeOfPerl) }),
  }),
}
