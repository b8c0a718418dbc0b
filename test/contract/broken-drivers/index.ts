import { bytes } from './bytes.ts'
import { concurrency } from './concurrency.ts'
import { conditional } from './conditional.ts'
import { ids } from './ids.ts'
import { lifetime } from './lifetime.ts'
import { listing } from './listing.ts'
import { locking } from './locking.ts'
import { outage } from './outage.ts'
import { touch } from './touch.ts'
import type { BrokenDrivers } from './broken-driver.ts'

export const brokenDrivers: BrokenDrivers = {
  ...bytes,
  ...ids,
  ...listing,
  ...lifetime,
  ...conditional,
  ...touch,
  ...concurrency,
  ...locking,
  ...outage,
}
