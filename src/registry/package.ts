import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Imports an npm package that is a neighbour of this one, of the program's script, or of the folder that the program
 * runs in. Answers `undefined` when no such package is installed; what goes wrong inside of it is thrown.
 */
export async function importPackage(name: string): Promise<unknown> {
  for (const place of neighbourhoods()) {
    const path = locate(name, place)
    if (path !== undefined) return import(pathToFileURL(path).href)
  }
  return undefined
}

/** Modules whose neighbours count: this one, the program's script, and one in the folder that the program runs in. */
export function neighbourhoods(): string[] {
  const places = [import.meta.filename, process.argv[1], join(process.cwd(), 'package.json')]
  return places.filter((place): place is string => place !== undefined && isAbsolute(place))
}

/** The main module of the package that a module at `place` would get. */
function locate(name: string, place: string): string | undefined {
  const require = createRequire(place)
  try {
    return require.resolve(name)
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    // With a path, the package is there and its main module is not.
    if (code === 'MODULE_NOT_FOUND' && path === undefined) return undefined
    const main = code === 'ERR_PACKAGE_PATH_NOT_EXPORTED' ? importedMain(name, require) : undefined
    if (main === undefined) throw error
    return main
  }
}

/** The main module of a package that is there for `import` only, which `require.resolve` does not see. */
function importedMain(name: string, require: NodeJS.Require): string | undefined {
  for (const folder of require.resolve.paths(name) ?? []) {
    const manifest = join(folder, name, 'package.json')
    if (!existsSync(manifest)) continue
    const { exports } = JSON.parse(readFileSync(manifest, 'utf8')) as { exports?: Exports }
    const target = chooseForImport(exports)
    return target === undefined ? undefined : join(folder, name, target)
  }
  return undefined
}

type Exports = string | null | { readonly [conditionOrPath: string]: Exports }

/** What Node's rules choose: the first condition that holds and leads to a file. */
function chooseForImport(exports: Exports | undefined): string | undefined {
  if (typeof exports === 'string') return exports
  for (const [key, target] of Object.entries(exports ?? {})) {
    if (!['.', 'node', 'import', 'default'].includes(key)) continue
    const chosen = chooseForImport(target)
    if (chosen !== undefined) return chosen
  }
  return undefined
}
