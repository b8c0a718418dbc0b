import { InvalidPluginError } from '../errors.ts'
import { Context } from '../contracts/services.ts'
import { inject, injectable } from '../inject.ts'
import { type Kind, KINDS, type PluginTypes } from './kinds.ts'

/** A plug-in's class. Its constructor's parameters are injected: see `prepareClass`. */
// The parameters differ from class to class and only the container supplies them.
export type PluginClass<K extends Kind = Kind> = new (...injected: never[]) => PluginTypes[K]

/** The plug-in class that a module exports: the default export, or the one named like the plug-in. */
export function classOf<K extends Kind>(kind: K, name: string, module: unknown): PluginClass<K> {
  const exports = (module ?? {}) as Record<string, unknown>
  const inner = exports['default'] as Record<string, unknown> | undefined
  for (const candidate of [module, inner, exports[name], inner?.['default'], inner?.[name]]) {
    if (typeof candidate === 'function') return candidate as PluginClass<K>
  }
  throw new InvalidPluginError(
    `The module of ${KINDS[kind].title} '${name}' exports no class: export it as default or as '${name}'`,
  )
}

/**
 * Makes a class known to the container. A class whose parameters carry `@inject(token)` gets what it asks for; one
 * without decorators (plain JavaScript) gets the whole `PluginContext` as its one parameter.
 */
export function prepareClass(target: PluginClass): void {
  const isDecorated =
    Reflect.hasOwnMetadata('injectionTokens', target) || Reflect.hasOwnMetadata('design:paramtypes', target)
  if (!isDecorated && target.length > 0) inject(Context)(target, undefined, 0)
  // Done by us even for a decorated class: its package may have brought a tsyringe of its own.
  injectable()(target as unknown as new (...injected: unknown[]) => unknown)
}

/** @throws InvalidPluginError when the instance lacks a method that its contract requires. */
export function assertContract<K extends Kind>(kind: K, name: string, instance: PluginTypes[K]): void {
  const methods = instance as unknown as Record<string, unknown>
  const missing = KINDS[kind].verbs.filter((verb) => typeof methods[verb] !== 'function')
  if (missing.length > 0) {
    throw new InvalidPluginError(
      `The ${KINDS[kind].title} '${name}' has no ${missing.map((verb) => `${verb}()`).join(', ')}`,
    )
  }
}
