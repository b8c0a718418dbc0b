import type { Driver } from '../contracts/driver.ts'
import type { IdGenerator } from '../contracts/id-generator.ts'
import type { Layout } from '../contracts/layout.ts'
import type { Serializer } from '../contracts/serializer.ts'
import { Clock, Context, Logger, Options, type PluginContext, Random } from '../contracts/services.ts'
import { container } from '../inject.ts'
import type { StoreType } from '../type-string.ts'
import { instantiate } from './instantiate.ts'
import type { Registry } from './registry.ts'

/** The instances behind one type string. */
export interface Plugins {
  readonly driver: Driver
  readonly idGenerator: IdGenerator
  readonly serializer: Serializer
  readonly layout: Layout
  /** The type string's names in their canonical spelling. */
  readonly type: StoreType
}

/** Builds what a type string names, in a container of its own that holds this store's options and services. */
export async function buildPlugins(
  registry: Registry,
  type: StoreType,
  context: PluginContext,
): Promise<Plugins> {
  const child = container.createChildContainer()
  child.register(Options, { useValue: context.options })
  child.register(Clock, { useValue: context.clock })
  child.register(Random, { useValue: context.random })
  child.register(Logger, { useValue: context.logger })
  child.register(Context, { useValue: context })

  // Names first, all of them: a wrong one is reported before any instance exists.
  const driver = await registry.find('driver', type.driver)
  const id = await registry.find('id', type.id)
  const serializer = await registry.find('serializer', type.serialize)
  const layout = await registry.find('layout', type.layout)
  return {
    driver: instantiate(child, 'driver', driver),
    idGenerator: instantiate(child, 'id', id),
    serializer: instantiate(child, 'serializer', serializer),
    layout: instantiate(child, 'layout', layout),
    type: { driver: driver.name, id: id.name, serialize: serializer.name, layout: layout.name },
  }
}
