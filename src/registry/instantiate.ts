import { Context } from '../contracts/services.ts'
import { InvalidPluginError, SessionError } from '../errors.ts'
import { type DependencyContainer, injectable } from '../inject.ts'
import { type Kind, KINDS, type PluginTypes } from './kinds.ts'
import { type FoundPlugin, isClass } from './plugin-class.ts'

// A class whose parameters only the container knows.
type Target<T = unknown> = new (...injected: unknown[]) => T

/** Where every version of tsyringe keeps what `@inject` said about a class's parameters. */
const TOKENS = 'injectionTokens'

/**
 * Builds a plug-in in a store's container. A class whose parameters carry `@inject(token)` gets what it asks for; one
 * without decorators (plain JavaScript) gets the whole `PluginContext` as its one parameter. A class that leaves its
 * constructor to the class it extends gets what that one asks for.
 *
 * @throws InvalidPluginError when it cannot be built, or lacks a method that its contract requires. A `SessionError`
 * that the constructor throws (an option that will not do) is left as it is.
 */
export function instantiate<K extends Kind>(
  container: DependencyContainer,
  kind: K,
  { name, pluginClass }: FoundPlugin<K>,
): PluginTypes[K] {
  const { title, verbs } = KINDS[kind]
  const instance = resolve(container, `${title} '${name}'`, pluginClass as unknown as Target<PluginTypes[K]>)
  const methods = instance as unknown as Record<string, unknown>
  const missing = verbs.filter((verb) => typeof methods[verb] !== 'function')
  if (missing.length > 0) {
    const list = missing.map((verb) => `${verb}()`).join(', ')
    throw new InvalidPluginError(`The ${title} '${name}' has no ${list}`)
  }
  return instance
}

function resolve<T>(container: DependencyContainer, what: string, target: Target<T>): T {
  // Registered here whatever the class's own decorators say: a singleton would be shared by all stores.
  if (learnTokens(target)) container.register(target, { useClass: target })
  else container.register(target, { useFactory: (store) => new target(store.resolve(Context)) })
  try {
    return container.resolve(target)
  } catch (cause) {
    if (cause instanceof SessionError) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidPluginError(`The ${what} could not be built: ${reason}`, { cause })
  }
}

/** Tells the container what the constructor's parameters are, if they carry tokens. Answers whether they do. */
function learnTokens(target: Target): boolean {
  let declaring: unknown = target
  while (isClass(declaring) && !hasTokens(declaring)) {
    if (declaring.length > 0) return false
    declaring = Object.getPrototypeOf(declaring)
  }
  if (!isClass(declaring)) return false
  if (declaring !== target) Reflect.defineMetadata(TOKENS, Reflect.getOwnMetadata(TOKENS, declaring), target)
  // Even where the class's own decorator did it: its package may have brought a tsyringe of its own.
  injectable()(target)
  return true
}

function hasTokens(target: object): boolean {
  return Reflect.hasOwnMetadata(TOKENS, target) || Reflect.hasOwnMetadata('design:paramtypes', target)
}
