import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { isPlainObject } from '../hash.ts'
import { readOptions, type SessionOptions } from '../options.ts'

const name = 'data-session.config'

/** How a file is read, by the end of its name. */
const readers: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  '.js': readModule,
  '.mjs': readModule,
  '.json': async (path) => JSON.parse(await readFile(path, 'utf8')) as unknown,
  '.yaml': readYaml,
  '.yml': readYaml,
}

/**
 * The file of configuration in this folder, if there is one.
 *
 * @throws InvalidOptionError when there are several
 */
export function findConfigFile(directory: string): string | undefined {
  const paths = Object.keys(readers).map((ending) => join(directory, `${name}${ending}`))
  const [path, ...more] = paths.filter((path) => existsSync(path))
  if (more.length === 0) return path
  throw new InvalidOptionError(`There is ${path} and ${more.join(', ')}: leave one of them`)
}

/** @throws InvalidOptionError naming the file */
export async function optionsOfFile(path: string): Promise<SessionOptions & PluginOptions> {
  const read = readers[extname(path).toLowerCase()]
  if (!read) {
    const endings = Object.keys(readers).join(', ')
    throw new InvalidOptionError(`${path} is not a file of configuration: those end in ${endings}`)
  }
  try {
    const options: unknown = (await read(path)) ?? {}
    if (isPlainObject(options)) return readOptions(options)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidOptionError(`The configuration ${path} cannot be used: ${reason}`, { cause })
  }
  throw new InvalidOptionError(`The configuration ${path} has no options at its top, but something else`)
}

async function readYaml(path: string): Promise<unknown> {
  const { parse } = await import('yaml')
  return parse(await readFile(path, 'utf8')) as unknown
}

/** The options that a module exports as its default, or what the function does that it exports. */
async function readModule(path: string): Promise<unknown> {
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
  if (module.default === undefined) throw new TypeError('it has no default export')
  return typeof module.default === 'function' ? (module.default() as unknown) : module.default
}
