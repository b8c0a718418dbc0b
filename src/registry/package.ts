import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Imports an npm package that is a neighbour of this one or of the program that runs. Answers `undefined` when no
 * such package is installed; what goes wrong inside of it is thrown.
 */
export async function importPackage(name: string): Promise<unknown> {
  return (await importFrom(name, name)) ?? (await importFrom(name, locateFromProgram(name)))
}

async function importFrom(name: string, specifier: string | undefined): Promise<unknown> {
  if (specifier === undefined) return undefined
  try {
    return await import(specifier)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)) return undefined
    throw error
  }
}

function locateFromProgram(name: string): string | undefined {
  try {
    return pathToFileURL(createRequire(join(process.cwd(), 'package.json')).resolve(name)).href
  } catch {
    return undefined
  }
}
