import { randomBytes } from 'node:crypto'
import type { Clock, PluginContext, RandomSource } from '../contracts/services.ts'

/** What a setup gets to build its plug-in from. */
export interface ContractContext extends Omit<PluginContext, 'options'> {
  /**
   * The name of a storage: letters and digits, another one for each case. Plug-ins created with the same name have
   * the same storage behind them; the storage of a new name is empty. Make it a directory, a table, a key prefix.
   */
  readonly storage: string
}

/** A clock that stands still until the case moves it. */
export interface FakeClock extends Clock {
  /** The time in whole seconds. */
  seconds(): number
  advance(seconds: number): void
}

/**
 * 2033-05-18 03:33:20.250 UTC. Not the hour of the test, so that it runs the same every day; lying ahead, so that a
 * server that drops records by its own clock drops none too early; and no whole second, so that rounding shows.
 */
const START = 2_000_000_000_250

export function fakeClock(): FakeClock {
  let now = START
  return Object.assign(() => now, {
    seconds: () => Math.floor(now / 1000),
    advance: (seconds: number) => {
      now += seconds * 1000
    },
  })
}

const silent = { warn: () => {}, debug: () => {} }

// Storage may outlive the process, so a count alone would meet the storages of the run before.
const run = randomBytes(4).toString('hex')
let storages = 0

export function newStorage(): string {
  storages += 1
  return `contract${run}n${storages}`
}

export function contextOf(
  clock: Clock,
  storage: string,
  random: RandomSource = randomBytes,
): ContractContext {
  return { clock, storage, random, logger: silent }
}

/** Bytes that look random and are the same in every run. */
export function seededRandom(seed: number): RandomSource {
  let state = seed | 0
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) & 0xff
  }
  return (size) => Uint8Array.from({ length: size }, next)
}
