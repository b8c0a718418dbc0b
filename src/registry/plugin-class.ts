import { InvalidPluginError } from '../errors.ts'
import { type Kind, KINDS, type PluginTypes } from './kinds.ts'

/** A plug-in's class. Its constructor's parameters are injected: see `instantiate`. */
// The parameters differ from class to class and only the container supplies them.
export type PluginClass<K extends Kind = Kind> = new (...injected: never[]) => PluginTypes[K]

/** A plug-in class, with its name as it stands in `store.type`. */
export interface FoundPlugin<K extends Kind = Kind> {
  readonly name: string
  readonly pluginClass: PluginClass<K>
}

/** A class, or the function with methods that an older compiler made of one; not a function that gives a module. */
export function isClass(value: unknown): value is new (...injected: never[]) => unknown {
  if (typeof value !== 'function') return false
  const prototype = Object.getOwnPropertyDescriptor(value, 'prototype')
  if (typeof prototype?.value !== 'object' || prototype.value === null) return false
  const isByOldCompiler =
    Object.getOwnPropertyNames(prototype.value).length > 1 ||
    Object.getPrototypeOf(prototype.value) !== Object.prototype
  return prototype.writable === false || isByOldCompiler
}

/** The plug-in class that a module exports: the default export, or the one named like the plug-in, in any case. */
export function classOf<K extends Kind>(kind: K, name: string, module: unknown): PluginClass<K> {
  const inner = exportOf(module, 'default')
  const candidates = [
    module,
    inner,
    exportOf(module, name),
    exportOf(inner, 'default'),
    exportOf(inner, name),
  ]
  const found = candidates.find(isClass)
  if (found) return found as PluginClass<K>
  throw new InvalidPluginError(
    `The module of ${KINDS[kind].title} '${name}' exports no class: export it as default or as '${name}'`,
  )
}

function exportOf(module: unknown, name: string): unknown {
  if (module === null || typeof module !== 'object') return undefined
  const wanted = name.toLowerCase()
  const key = Object.keys(module).find((key) => key.toLowerCase() === wanted)
  return key === undefined ? undefined : (module as Record<string, unknown>)[key]
}
