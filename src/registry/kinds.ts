import type { Driver } from '../contracts/driver.ts'
import type { IdGenerator } from '../contracts/id-generator.ts'
import type { Layout } from '../contracts/layout.ts'
import type { Serializer } from '../contracts/serializer.ts'
import type { Component } from '../type-string.ts'

/** What a plug-in of each kind is an instance of. */
export interface PluginTypes {
  driver: Driver
  id: IdGenerator
  serializer: Serializer
  layout: Layout
}

export type Kind = keyof PluginTypes

/** All that differs from kind to kind. */
export interface KindFacts {
  /** The kind's key in a type string. */
  readonly component: Component
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
    component: 'driver',
    folder: 'drivers',
    title: 'driver',
    packagePrefix: 'data-session-driver-',
    verbs: ['retrieve', 'store', 'remove', 'ids', 'close'],
  },
  id: {
    component: 'id',
    folder: 'id-generators',
    title: 'id generator',
    packagePrefix: 'data-session-id-',
    verbs: ['generate'],
  },
  serializer: {
    component: 'serialize',
    folder: 'serializers',
    title: 'serializer',
    packagePrefix: 'data-session-serializer-',
    verbs: ['freeze', 'thaw'],
  },
  layout: {
    component: 'layout',
    folder: 'layouts',
    title: 'layout',
    packagePrefix: 'data-session-layout-',
    verbs: ['read', 'write'],
  },
}

export const ALL_KINDS = Object.keys(KINDS) as Kind[]
