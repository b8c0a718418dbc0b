import { createRequire } from 'node:module'
import { MissingPackageError } from './errors.ts'

/**
 * Loads the optional package that a driver needs by `load`, an `import()` or a `require()` of it.
 *
 * @throws MissingPackageError
 */
export async function loadPackage<T>(name: string, driver: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const absent = /^(?:ERR_)?MODULE_NOT_FOUND$/.test(String(code)) && message.includes(`'${name}'`)
    const what = absent ? 'is not installed' : `cannot be loaded (${message.split('\n', 1)[0]})`
    throw new MissingPackageError(
      `driver:${driver} needs the package ${name}, which ${what}. Install it with: npm install ${name}`,
      { cause },
    )
  }
}

/**
 * The same by `require`, which also looks where the environment variable NODE_PATH says.
 *
 * @throws MissingPackageError
 */
export function requirePackage<T>(name: string, driver: string): Promise<T> {
  const require = createRequire(import.meta.url)
  return loadPackage(name, driver, async () => require(name) as T)
}
