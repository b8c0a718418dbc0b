/**
 * `data-session/plugin`: what a driver, an id generator or a serializer needs, and nothing else. Our own plug-ins
 * import from the same modules.
 */
export type { Awaitable } from './contracts/awaitable.ts'
export type {
  ConditionalResult,
  Driver,
  DriverLock,
  IdsOptions,
  Image,
  StoredImage,
} from './contracts/driver.ts'
export type { IdGenerator } from './contracts/id-generator.ts'
export type { Layout } from './contracts/layout.ts'
export type { Hash, Serializer } from './contracts/serializer.ts'
export type { PluginContext, PluginOptions, RandomSource } from './contracts/services.ts'
export { Clock, Context, Logger, Options, Random } from './contracts/services.ts'
export * from './errors.ts'
export { newRecord, type ParameterLifetime, type SessionRecord } from './record.ts'
export { setKey } from './hash.ts'
export { inject, injectable } from './inject.ts'
