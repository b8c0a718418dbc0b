import type { InjectionToken } from 'tsyringe'
import type { Flock } from './flock.ts'
import { flockCommand } from './flock-command.ts'
import { koffiFlock } from './koffi-flock.ts'

/** Finds a way to lock files, or none. Called when the first lock is needed. */
export type FlockFinder = () => Flock | undefined

/** The token under which another finder than `findFlock` can be registered. */
export const FlockFinder: InjectionToken<FlockFinder> = Symbol.for('data-session:flock-finder')

let found: Flock | 'none' | undefined

/** The package koffi, if it is installed, else the command `flock` of util-linux, if this system has it. */
export const findFlock: FlockFinder = () => {
  found ??= koffiFlock() ?? flockCommand() ?? 'none'
  return found === 'none' ? undefined : found
}
