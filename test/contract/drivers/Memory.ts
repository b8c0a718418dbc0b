import type { Driver } from '../../../src/contracts/driver.ts'
import type { DriverSetup } from '../../../src/testing/index.ts'
import { builtIn } from '../plugins.ts'

const common = {
  offers: ['create', 'replace', 'removeIf', 'touch', 'purge'],
  without: { outage: 'there is no storage that could fail' },
  heavy: true,
} as const

export const setups: Record<string, DriverSetup> = {
  unbounded: {
    ...common,
    create: (context) => builtIn<Driver>('drivers', 'Memory', context, { memoryName: context.storage }),
  },
  bounded: {
    ...common,
    maxImage: 1_000_000,
    records: 1000,
    heavy: false,
    create: (context) =>
      builtIn<Driver>('drivers', 'Memory', context, {
        memoryName: context.storage,
        maxSessions: 2000,
        maxBytes: 1_000_000,
      }),
  },
}
