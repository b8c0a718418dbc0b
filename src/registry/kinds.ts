import type { Driver } from '../contracts/driver.ts'
import type { IdGenerator } from '../contracts/id-generator.ts'
import type { Layout } from '../contracts/layout.ts'
import type { Serializer } from '../contracts/serializer.ts'
import { InvalidOptionError } from '../errors.ts'

/** What a plug-in of each kind is an instance of. */
export interface PluginTypes {
  driver: Driver
  id: IdGenerator
  serializer: Serializer
  layout: Layout
}

export type Kind = keyof PluginTypes

/** What a kind may be called: a type string says 'serialize' where everybody else says 'serializer'. */
export type KindName = Kind | 'serialize'

export type KindOf<Name extends KindName> = Name extends Kind ? Name : 'serializer'

/** All that differs from kind to kind. */
export interface KindFacts {
  /** The folder, in a house built like ours, that holds one file per plug-in. */
  readonly folder: string
  /** What to call it in a message. */
  readonly title: string
  /** An npm package of this name plus the plug-in's is found without being registered. */
  readonly packagePrefix: string
  /** The methods that every instance has. */
  readonly verbs: readonly string[]
}

export const KINDS: Readonly<Record<Kind, KindFacts>> = {
  driver: {
    folder: 'drivers',
    title: 'driver',
    packagePrefix: 'data-session-driver-',
    verbs: ['retrieve', 'store', 'remove', 'ids', 'close'],
  },
  id: {
    folder: 'id-generators',
    title: 'id generator',
    packagePrefix: 'data-session-id-',
    verbs: ['generate'],
  },
  serializer: {
    folder: 'serializers',
    title: 'serializer',
    packagePrefix: 'data-session-serializer-',
    verbs: ['freeze', 'thaw'],
  },
  layout: {
    folder: 'layouts',
    title: 'layout',
    packagePrefix: 'data-session-layout-',
    verbs: ['read', 'write'],
  },
}

export const ALL_KINDS = Object.keys(KINDS) as Kind[]

/** @throws InvalidOptionError for a kind that does not exist. */
export function kindOf<Name extends KindName>(name: Name): KindOf<Name> {
  const kind = name === 'serialize' ? 'serializer' : name
  if (Object.hasOwn(KINDS, kind)) return kind as KindOf<Name>
  throw new InvalidOptionError(`Unknown kind of plug-in '${name}'; the kinds are ${ALL_KINDS.join(', ')}`)
}
