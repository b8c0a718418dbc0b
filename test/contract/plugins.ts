import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PluginContext, PluginOptions } from '../../src/contracts/services.ts'
import { Clock, Context, Logger, Options, Random } from '../../src/contracts/services.ts'
import { container } from '../../src/inject.ts'
import type { ContractContext } from '../../src/testing/index.ts'

export type Folder = 'drivers' | 'id-generators' | 'serializers'

const root = join(import.meta.dirname, '..', '..')

/** The built-in plug-ins of one kind: the files of its folder. */
export function pluginNames(folder: Folder): string[] {
  return typeScriptFiles(join(root, folder))
}

/** The plug-ins of one kind that have a file beside this one, in the folder of the same name. */
export function pluginsWithSetup(folder: Folder): string[] {
  return typeScriptFiles(join(import.meta.dirname, folder))
}

function typeScriptFiles(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'))
  return files.map((file) => file.slice(0, -'.ts'.length)).sort()
}

/**
 * What test/contract/<folder>/<name>.ts exports as `setups`, each under the words that tell it from the others.
 * Without that file the contract runs as it is.
 */
export async function setupsOf<T>(folder: Folder, name: string): Promise<Record<string, Partial<T>>> {
  if (!pluginsWithSetup(folder).includes(name)) return { 'by default': {} }
  const url = pathToFileURL(join(import.meta.dirname, folder, `${name}.ts`)).href
  const { setups } = (await import(/* @vite-ignore */ url)) as { setups: Record<string, Partial<T>> }
  return setups
}

/** Builds a plug-in as the registry does. */
export async function builtIn<T>(
  folder: Folder,
  name: string,
  context: ContractContext,
  options: PluginOptions = {},
): Promise<T> {
  const url = pathToFileURL(join(root, folder, `${name}.ts`)).href
  const { default: Plugin } = (await import(/* @vite-ignore */ url)) as { default: new () => T }
  const whole: PluginContext = { ...context, options }
  const child = container.createChildContainer()
  child.registerInstance(Options, options)
  child.registerInstance(Clock, context.clock)
  child.registerInstance(Random, context.random)
  child.registerInstance(Logger, context.logger)
  child.registerInstance(Context, whole)
  return child.resolve(Plugin)
}
