import { resolve } from 'node:path'
import type { PluginOptions } from '../contracts/services.ts'
import type { SessionOptions } from '../options.ts'
import { type Environment, fileOfEnvironment, optionsOfEnvironment } from './environment.ts'
import { findConfigFile, optionsOfFile } from './file.ts'

/** Where `loadConfig` looks. */
export interface ConfigPlaces {
  /** The path of the file. Default: the variable `DATA_SESSION_CONFIG`, else the file in `directory`, if there is one. */
  readonly file?: string | undefined
  /** Where `data-session.config.{js,mjs,json,yaml,yml}` may lie. Default: the folder that the program runs in. */
  readonly directory?: string | undefined
  /** Default `process.env`. */
  readonly environment?: Environment | undefined
}

/**
 * The options that the file of configuration and the environment give, for `SessionStore.open`; where both do, the
 * environment counts. The command line takes the same ones.
 *
 * A module (`.js`, `.mjs`) exports options, or a function that gives them, as its default. A variable is called as its
 * option in capitals: `DATA_SESSION_TABLE_NAME`.
 *
 * @throws InvalidOptionError when a file that is named is not there, a file cannot be read, or an option will not do
 */
export async function loadConfig(places: ConfigPlaces = {}): Promise<SessionOptions & PluginOptions> {
  const { environment = process.env, directory = process.cwd() } = places
  const named = places.file ?? fileOfEnvironment(environment)
  const file = named === undefined ? findConfigFile(directory) : resolve(directory, named)
  const ofFile = file === undefined ? {} : await optionsOfFile(file)
  return { ...ofFile, ...optionsOfEnvironment(environment) }
}
