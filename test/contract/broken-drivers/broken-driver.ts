import type { ContractContext, DriverSetup } from '../../../src/testing/index.ts'
import type { MapDriver } from '../map-driver.ts'

/** A driver that breaks the contract in one way, as some driver of this world does, or would like to. */
export interface BrokenDriver {
  readonly Driver: new (context: ContractContext) => MapDriver

  /** The name of a case that must fail. */
  readonly caughtBy: string

  readonly setup?: Partial<DriverSetup>
}

export type BrokenDrivers = Readonly<Record<string, BrokenDriver>>
