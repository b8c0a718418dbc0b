import { existsSync } from 'node:fs'
import type { PluginOptions } from '../contracts/services.ts'
import { MissingStorageError } from '../errors.ts'

/**
 * Heeds the option `mustExist`, for a file that opening would make.
 *
 * @throws MissingStorageError
 */
export function assertThere(path: string, { mustExist }: PluginOptions): void {
  if (mustExist === true && !existsSync(path)) throw new MissingStorageError(`There is no file ${path}`)
}
