export { Session, type AnyParams } from './session.ts'
export { type DeleteOwnerOptions, SessionStore } from './session-store.ts'
export type { Admission } from './owners/owner-index.ts'
export type { SessionLock } from './locks/session-lock.ts'
export type { LockOptions } from './locks/session-locks.ts'
export type { PurgeOptions } from './purge.ts'
export type { FindOptions } from './load.ts'
export { type ConfigPlaces, loadConfig } from './config/load-config.ts'
export { tableSql } from './table-sql.ts'
export type { ConflictPolicy, GivenOptions, SessionOptions } from './options.ts'
export type { ParameterExpiry } from './record.ts'
export type { Duration } from './duration.ts'
export { Registry, registry, type PluginEntry, type PluginSource } from './registry/registry.ts'
export { Query, type QueryLike, type QueryObject } from './web/query.ts'
export type { Cookie, CookieAttributes } from './web/cookie.ts'
export type { HeaderOptions } from './web/header.ts'
export type { Clock, Logger, PluginContext, PluginOptions, RandomSource } from './contracts/services.ts'
export {
  Blessed,
  Code,
  Glob,
  JsonBoolean,
  PerlString,
  Regexp,
  ScalarRef,
  StorableHook,
  Tied,
  VString,
} from './perl/values.ts'
export { Address, FrozenObject } from './perl/freezethaw/values.ts'
export { isWeak, restrict, type Restriction, restrictionOf, unrestrict, weaken } from './perl/marks.ts'
export * from './errors.ts'
export { migrate } from './migrate/migrate.ts'
export type {
  MigrateOptions,
  MigrationPass,
  MigrationProblem,
  MigrationProgress,
} from './migrate/options.ts'
export type { MigrationSummary } from './migrate/summary.ts'
export {
  type AnyStore,
  ApacheSession,
  type ApacheSessionOptions,
  ApacheStorage,
  type HashOptions,
  type HashSession,
  type HashSessions,
  type RewriteTarget,
  type StorageClass,
} from './models/apache-session.ts'
export { SessionManager } from './models/session-manager.ts'
export { ManagedSession, type SessionStatus } from './models/managed-session.ts'
export type { GivenManagerOptions, ManagerOptions } from './models/manager-options.ts'
export type { NewSession } from './models/new-session.ts'
export type { SessionFailure, SessionFailureCode, SessionResult, SessionSuccess } from './models/result.ts'
export type { SessionTimeout } from './models/session-timeout.ts'
