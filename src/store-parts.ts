import type { Clock, Logger, PluginOptions } from './contracts/services.ts'
import { makeLogger } from './logger.ts'
import type { SessionOptions } from './options.ts'
import { pooledRandom } from './random.ts'
import { buildPlugins, type Plugins } from './registry/build.ts'
import { registry as defaultRegistry } from './registry/registry.ts'
import { cgiSessionOptions, parseCgiSessionType } from './cgi-session-type.ts'
import { DEFAULT_TYPE, parseTypeString } from './type-string.ts'

const secureRandom = pooledRandom()

/** What a store is made of. Nothing is opened yet. */
export interface StoreParts {
  readonly plugins: Plugins
  /** Those that were given, and those that go with a type string of CGI::Session. */
  readonly options: SessionOptions & PluginOptions
  readonly clock: Clock
  readonly logger: Logger & { log: (message: string) => void }
}

/** Finds and builds the classes that the options name. */
export async function buildParts(given: SessionOptions & PluginOptions): Promise<StoreParts> {
  const clock: Clock = given.clock ?? Date.now
  const logger = makeLogger(given.verbose ?? 0, given.logger)
  const ofCgiSession = parseCgiSessionType(given.type ?? '')
  if (ofCgiSession) logger.warn(`The type string is CGI::Session's: the layout is '${ofCgiSession.layout}'`)
  const named = ofCgiSession ?? parseTypeString(given.type)
  const type = { ...DEFAULT_TYPE, ...named }
  for (const component of ['driver', 'id', 'serialize'] as const) {
    if (!named[component]) logger.warn(`Warning for type: Defaulting '${component}' to '${type[component]}'`)
  }
  const options = ofCgiSession ? cgiSessionOptions(ofCgiSession, given) : given
  const plugins = await buildPlugins(options.registry ?? defaultRegistry, type, {
    options,
    clock,
    random: options.random ?? secureRandom,
    logger,
  })
  return { plugins, options, clock, logger }
}
