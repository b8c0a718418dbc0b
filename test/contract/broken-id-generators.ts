import type { IdGenerator } from '../../src/contracts/id-generator.ts'
import type { ContractContext, IdGeneratorKind } from '../../src/testing/index.ts'

interface BrokenIdGenerator {
  readonly Generator: new (context: ContractContext) => IdGenerator

  /** The name of a case that must fail. */
  readonly caughtBy: string
  readonly kind?: IdGeneratorKind
}

/** The shortest generator that keeps the contract, for tests to break. */
export class HexGenerator implements IdGenerator {
  readonly idLength: number = 32
  readonly hardestId: string = 'f'.repeat(32)

  constructor(protected readonly context: ContractContext) {}

  generate(): string | Promise<string> {
    return this.hex(16)
  }

  protected hex(size: number): string {
    return Buffer.from(this.context.random(size)).toString('hex')
  }
}

export const brokenIdGenerators: Readonly<Record<string, BrokenIdGenerator>> = {
  'counts from 0': {
    caughtBy: "id: is text, and neither '' nor '0', which stand for no id",
    kind: 'sequence',
    Generator: class extends HexGenerator {
      #next = 0

      override generate() {
        return String(this.#next++)
      }
    },
  },
  'makes ids that are longer than it says': {
    caughtBy: 'id: is never longer than hardestId',
    Generator: class extends HexGenerator {
      override generate() {
        return this.hex(17)
      }
    },
  },
  'does not tell of its slashes': {
    caughtBy: 'id: has no awkward characters that hardestId does not show',
    Generator: class extends HexGenerator {
      override generate() {
        return Buffer.from(this.context.random(24)).toString('base64')
      }
    },
  },
  'says what it made last': {
    caughtBy: 'id: idLength and hardestId stay as they are',
    Generator: class extends HexGenerator {
      override hardestId = 'f'.repeat(32)

      override generate() {
        this.hardestId = this.hex(16)
        return this.hardestId
      }
    },
  },
  'drops leading zeros': {
    caughtBy: 'length: is idLength',
    Generator: class extends HexGenerator {
      override generate() {
        return this.hex(16).replace(/^0+/, '')
      }
    },
  },
  'makes an id of the time': {
    caughtBy: 'distinct: a thousand in a row',
    Generator: class extends HexGenerator {
      override generate() {
        return String(this.context.clock()).padStart(32, '0')
      }
    },
  },
  'counts after it has waited': {
    caughtBy: 'distinct: a hundred at once',
    kind: 'sequence',
    Generator: class extends HexGenerator {
      #last = 0

      override async generate() {
        const next = this.#last + 1
        await Promise.resolve()
        this.#last = next
        return String(next)
      }
    },
  },
  'counts for itself': {
    caughtBy: 'distinct: those of two generators at once',
    kind: 'sequence',
    Generator: class extends HexGenerator {
      #last = 0

      override generate() {
        this.#last += 1
        return String(this.#last)
      }
    },
  },
  'begins anew each time': {
    caughtBy: 'distinct: those of a generator and of its successor',
    kind: 'sequence',
    Generator: class extends HexGenerator {
      #last = 0

      override generate() {
        this.#last += 1
        return String(this.#last)
      }
    },
  },
  'draws eight bytes': {
    caughtBy: 'random: draws 16 bytes and more for each id',
    Generator: class extends HexGenerator {
      override generate() {
        return this.hex(8).repeat(2)
      }
    },
  },
  'adds Math.random': {
    caughtBy: 'random: comes from the source that is injected, and from nothing else',
    Generator: class extends HexGenerator {
      override generate() {
        return this.hex(16).slice(8) + Math.random().toString(16).slice(2, 10).padEnd(8, '0')
      }
    },
  },
  'draws much and uses little': {
    caughtBy: 'random: shows at least 100 bits of what it draws',
    Generator: class extends HexGenerator {
      override generate() {
        return this.hex(16).slice(0, 12).padEnd(32, '0')
      }
    },
  },
  'is constant, almost': {
    caughtBy: 'constant: is the same each time',
    kind: 'constant',
    Generator: HexGenerator,
  },
}
