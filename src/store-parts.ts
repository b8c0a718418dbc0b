import type { Clock, Logger, PluginOptions } from './contracts/services.ts'
import { makeLogger } from './logger.ts'
import type { SessionOptions } from './options.ts'
import { pooledRandom } from './random.ts'
import { buildPlugins, type Plugins } from './registry/build.ts'
import { registry as defaultRegistry } from './registry/registry.ts'
import { parseCgiSessionType } from './cgi-session-type.ts'
import { DEFAULT_TYPE, parseTypeString } from './type-string.ts'

const secureRandom = pooledRandom()

/** What a store is made of. Nothing is opened yet. */
export interface StoreParts {
  readonly plugins: Plugins
  readonly clock: Clock
  readonly logger: Logger & { log: (message: string) => void }
}

/** Finds and builds the classes that the options name. */
export async function buildParts(options: SessionOptions & PluginOptions): Promise<StoreParts> {
  const clock: Clock = options.clock ?? Date.now
  const logger = makeLogger(options.verbose ?? 0, options.logger)
  const ofCgiSession = parseCgiSessionType(options.type ?? '')
  if (ofCgiSession) logger.warn(`The type string is CGI::Session's: the layout is '${ofCgiSession.layout}'`)
  const named = ofCgiSession ?? parseTypeString(options.type)
  const type = { ...DEFAULT_TYPE, ...named }
  for (const component of ['driver', 'id', 'serialize'] as const) {
    if (!named[component]) logger.warn(`Warning for type: Defaulting '${component}' to '${type[component]}'`)
  }
  const plugins = await buildPlugins(options.registry ?? defaultRegistry, type, {
    // CGI::Session's JSON is that of JSON::Syck.
    options: ofCgiSession ? { perlJson: 'syck', ...options } : options,
    clock,
    random: options.random ?? secureRandom,
    logger,
  })
  return { plugins, clock, logger }
}
