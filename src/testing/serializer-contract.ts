import type { Awaitable } from '../contracts/awaitable.ts'
import type { Serializer } from '../contracts/serializer.ts'
import type { ContractContext } from './context.ts'
import { contextOf, fakeClock, newStorage } from './context.ts'
import type { ContractCase, Switches } from './contract-case.ts'
import { ContractBreach, contractCases } from './contract-case.ts'
import { copies } from './serializer/copies.ts'
import { damage } from './serializer/damage.ts'
import { kept } from './serializer/kept.ts'
import { keptOrRefused } from './serializer/kept-or-refused.ts'

/** How to get at a serializer, and what it is not to be asked for. */
export interface SerializerSetup {
  create(context: ContractContext): Awaitable<Serializer>

  /** Images that must be refused: no hash at the top, in the format's own words; what others than we write. */
  readonly refused?: readonly (string | Uint8Array)[]

  /** Cases and groups to skip, by name, each with the reason: what the format cannot keep. */
  readonly without?: Switches
}

/** What `Serializer` promises, case by case. */
export function serializerContract(setup: SerializerSetup): ContractCase[] {
  const refused = (setup.refused ?? []).map((image) =>
    typeof image === 'string' ? Buffer.from(image) : image,
  )
  const drafts = [...kept, ...keptOrRefused, ...copies, ...damage].map(({ group, title, body }) => ({
    group,
    title,
    body: async (name: string) => {
      try {
        const serializer = await setup.create(contextOf(fakeClock(), newStorage()))
        return body({ serializer, refused }) ?? undefined
      } catch (error) {
        throw new ContractBreach(name, error)
      }
    },
  }))
  return contractCases(drafts, setup.without)
}
