import type { InjectionToken } from 'tsyringe'

/** The time in milliseconds since 1970, as `Date.now` gives it. */
export type Clock = () => number

/** `size` bytes from a cryptographically secure source. */
export type RandomSource = (size: number) => Uint8Array

/** Where warnings (`verbose` 1) and the account of each step (`verbose` 2) go. */
export interface Logger {
  warn(message: string): void
  debug(message: string): void
}

/** The options that a store was opened with: camelCase names, defaults filled in, foreign names kept. */
export type PluginOptions = Readonly<Record<string, unknown>>

/** Everything a plug-in can be given, in one object: what a class without decorators gets. */
export interface PluginContext {
  readonly options: PluginOptions
  readonly clock: Clock
  readonly random: RandomSource
  readonly logger: Logger
}

/** The tokens to name in `@inject(…)`. */
export const Options: InjectionToken<PluginOptions> = Symbol.for('data-session:options')
export const Clock: InjectionToken<Clock> = Symbol.for('data-session:clock')
export const Random: InjectionToken<RandomSource> = Symbol.for('data-session:random')
export const Logger: InjectionToken<Logger> = Symbol.for('data-session:logger')
export const Context: InjectionToken<PluginContext> = Symbol.for('data-session:context')
