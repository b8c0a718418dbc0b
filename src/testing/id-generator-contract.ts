import type { Awaitable } from '../contracts/awaitable.ts'
import type { IdGenerator } from '../contracts/id-generator.ts'
import type { RandomSource } from '../contracts/services.ts'
import { fail, same, shown } from './assertions.ts'
import type { ContractContext } from './context.ts'
import { contextOf, fakeClock, newStorage, seededRandom } from './context.ts'
import type { ContractCase, Switches } from './contract-case.ts'
import { ContractBreach, contractCases } from './contract-case.ts'

/** Where ids come from: chance, the id before, or the options. */
export type IdGeneratorKind = 'random' | 'sequence' | 'constant'

/** How to get at an id generator, and what it is not to be asked for. */
export interface IdGeneratorSetup {
  /** A new generator. Generators of one storage never make the same id, however many there are. */
  create(context: ContractContext): Awaitable<IdGenerator>

  /** Called after each case: free the storage. What it throws fails the case. */
  destroy?(storage: string): Awaitable<void>

  /** Default 'random'. */
  readonly kind?: IdGeneratorKind

  /** Cases and groups to skip, by name, each with the reason. */
  readonly without?: Switches
}

interface Trial {
  readonly generator: IdGenerator

  /** One more generator on the same storage, with this random source if one is given. */
  readonly another: (random?: RandomSource) => Promise<IdGenerator>
}

interface IdGeneratorDraft {
  readonly kinds: readonly IdGeneratorKind[]
  readonly bodies: Readonly<Record<string, (trial: Trial) => Promise<void>>>
}

/** What `IdGenerator` promises, case by case. What a generator of this kind cannot promise is reported as skipped. */
export function idGeneratorContract(setup: IdGeneratorSetup): ContractCase[] {
  const kind = setup.kind ?? 'random'
  const drafts = Object.entries(groups).flatMap(([group, { kinds, bodies }]) =>
    Object.entries(bodies).map(([title, body]) => ({
      group,
      title,
      body: async (name: string) => {
        if (!kinds.includes(kind)) return `not for the kind '${kind}'`
        return attempt(setup, name, body)
      },
    })),
  )
  return contractCases(drafts, setup.without)
}

async function attempt(
  setup: IdGeneratorSetup,
  name: string,
  body: (trial: Trial) => Promise<void>,
): Promise<undefined> {
  const clock = fakeClock()
  const storage = newStorage()
  const another = async (random?: RandomSource) => setup.create(contextOf(clock, storage, random))
  const run = async () => body({ generator: await another(), another })
  const results = [
    ...(await Promise.allSettled([run()])),
    ...(await Promise.allSettled([(async () => setup.destroy?.(storage))()])),
  ]
  for (const result of results) {
    if (result.status === 'rejected') throw new ContractBreach(name, result.reason)
  }
}

const MANY = 1000

const groups: Readonly<Record<string, IdGeneratorDraft>> = {
  id: {
    kinds: ['random', 'sequence', 'constant'],
    bodies: {
      "is text, and neither '' nor '0', which stand for no id": async ({ generator }) => {
        for (const id of await generated(generator, MANY)) {
          if (typeof id !== 'string' || id === '' || id === '0') fail(`generate() answered ${shown(id)}`)
        }
      },

      'is never longer than hardestId': async ({ generator }) => {
        const { hardestId } = generator
        if (typeof hardestId !== 'string' || hardestId === '') fail(`hardestId is ${shown(hardestId)}`)
        for (const id of await generated(generator, MANY)) {
          if (id.length <= hardestId.length) continue
          fail(`generate() answered ${shown(id)}, which is longer than hardestId ${shown(hardestId)}`)
        }
      },

      'has no awkward characters that hardestId does not show': async ({ generator }) => {
        const { hardestId } = generator
        for (const id of await generated(generator, MANY)) {
          for (const [what, pattern] of Object.entries(awkward)) {
            if (pattern.test(id) && !pattern.test(hardestId)) {
              fail(`generate() answered ${shown(id)}, with ${what}; hardestId ${shown(hardestId)} has none`)
            }
          }
        }
      },

      'idLength and hardestId stay as they are': async ({ generator, another }) => {
        const { idLength, hardestId } = generator
        if (!Number.isInteger(idLength) || idLength <= 0) fail(`idLength is ${shown(idLength)}`)
        await generated(generator, 10)
        same(generator.idLength, idLength, 'idLength after generate()')
        same(generator.hardestId, hardestId, 'hardestId after generate()')
        const other = await another()
        same(other.idLength, idLength, 'idLength of a second generator')
        same(other.hardestId, hardestId, 'hardestId of a second generator')
      },
    },
  },

  length: {
    kinds: ['random', 'constant'],
    bodies: {
      'is idLength': async ({ generator }) => {
        for (const id of await generated(generator, MANY)) {
          same(id.length, generator.idLength, `the length of ${shown(id)}`)
        }
      },
    },
  },

  distinct: {
    kinds: ['random', 'sequence'],
    bodies: {
      'a thousand in a row': async ({ generator }) => {
        expectDistinct(await generated(generator, MANY))
      },

      'a hundred at once': async ({ generator }) => {
        expectDistinct(await Promise.all(Array.from({ length: 100 }, async () => generator.generate())))
      },

      'those of two generators at once': async ({ generator, another }) => {
        const other = await another()
        const ids = Array.from({ length: 100 }, async (_, number) =>
          (number % 2 === 0 ? generator : other).generate(),
        )
        expectDistinct(await Promise.all(ids))
      },

      'those of a generator and of its successor': async ({ generator, another }) => {
        const before = await generated(generator, 10)
        expectDistinct([...before, ...(await generated(await another(), 10))])
      },
    },
  },

  random: {
    kinds: ['random'],
    bodies: {
      'draws 16 bytes and more for each id': async ({ another }) => {
        const source = seededRandom(1)
        let drawn = 0
        const generator = await another((size) => {
          drawn += size
          return source(size)
        })
        await generated(generator, MANY)
        if (drawn < MANY * 16) {
          fail(`${MANY} ids took ${drawn} bytes from the random source that was injected`)
        }
      },

      'comes from the source that is injected, and from nothing else': async ({ another }) => {
        const ids = async (seed: number) => generated(await another(seededRandom(seed)), 20)
        const first = await ids(1)
        same(await ids(1), first, 'the ids from the same random bytes at the same time')
        expectDistinct([...first, ...(await ids(2))])
      },

      'shows at least 100 bits of what it draws': async ({ another }) => {
        const ids = await generated(await another(seededRandom(3)), MANY)
        let bits = 0
        for (let position = 0; position < (ids[0]?.length ?? 0); position += 1) {
          bits += Math.log2(new Set(ids.map((id) => id[position])).size)
        }
        if (bits < 100) fail(`ids such as ${shown(ids[0])} vary by ${bits.toFixed(0)} bits only`)
      },
    },
  },

  constant: {
    kinds: ['constant'],
    bodies: {
      'is the same each time': async ({ generator }) => {
        const ids = await generated(generator, 10)
        same(new Set(ids).size, 1, `the number of different ids among ${shown(ids)}`)
      },
    },
  },
}

const awkward: Readonly<Record<string, RegExp>> = {
  'a slash': /\//,
  'a backslash': /\\/,
  NUL: /\0/,
  'control characters': /\p{Cc}/u,
  'letters outside ASCII': /[\u0080-\uffff]/,
  'a space': / /,
  'other punctuation': /[!-,.:-@[\]^`{-~]/,
}

async function generated(generator: IdGenerator, count: number): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < count) ids.push(await generator.generate())
  return ids
}

function expectDistinct(ids: readonly string[]): void {
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) fail(`of ${ids.length} ids ${shown(twice)} came twice`)
}
