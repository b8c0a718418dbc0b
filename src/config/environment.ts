import { InvalidOptionError } from '../errors.ts'
import { readOptions, type SessionOptions } from '../options.ts'
import type { PluginOptions } from '../contracts/services.ts'
import { readOptionText } from './option-text.ts'

/** What the names of variables with options begin with: `DATA_SESSION_TYPE`, `DATA_SESSION_DATA_SOURCE` … */
const prefix = 'DATA_SESSION_'

/** The variable that names the file of configuration. */
const fileVariable = `${prefix}CONFIG`

export type Environment = Readonly<Record<string, string | undefined>>

/**
 * @param beginning what the names of the variables begin with
 * @throws InvalidOptionError naming the variable
 */
export function optionsOfEnvironment(
  environment: Environment,
  beginning = prefix,
): SessionOptions & PluginOptions {
  let options: SessionOptions & PluginOptions = {}
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith(beginning) || variable === fileVariable) continue
    const name = variable.slice(beginning.length).toLowerCase()
    try {
      options = { ...options, ...readOptions({ [name]: readOptionText(text) }) }
    } catch (cause) {
      if (!(cause instanceof InvalidOptionError)) throw cause
      throw new InvalidOptionError(`The variable ${variable}: ${cause.message}`, { cause })
    }
  }
  return options
}

/** The path of the file of configuration, if the environment names one. */
export function fileOfEnvironment({ [fileVariable]: path }: Environment): string | undefined {
  return path === '' ? undefined : path
}
