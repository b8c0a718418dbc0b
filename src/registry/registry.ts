import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { InvalidOptionError, InvalidPluginError, UnknownPluginError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { listFolder } from './folder.ts'
import { ALL_KINDS, type Kind, type KindName, kindOf, type KindOf, KINDS, type PluginTypes } from './kinds.ts'
import { importPackage } from './package.ts'
import { classOf, type FoundPlugin, isClass, type PluginClass } from './plugin-class.ts'

/** How a registered plug-in comes: its class, or a function that imports the module with it. */
export type PluginSource<K extends Kind> = PluginClass<K> | (() => Promise<unknown>)

/** A plug-in that the registry knows of. */
export interface PluginEntry {
  readonly kind: Kind
  /** The name as it stands in `store.type`. */
  readonly name: string
  /** Where it comes from: the URL of its module, or 'registered'. */
  readonly from: string
}

interface Source {
  readonly name: string
  readonly from: string
  load(): Promise<unknown>
}

/**
 * Finds plug-in classes by name. It looks, in this order, at what was registered, at the folders that were added
 * (the last one first), at this package's own folders, and for an npm package of the conventional name. A module is
 * imported when it is first named, never before.
 */
export class Registry {
  readonly #registered = new Map<Kind, Map<string, Source>>()
  readonly #folders: string[]
  #listed = new Map<Kind, Map<string, Source>>()

  constructor() {
    const packageRoot = fileURLToPath(new URL('../..', import.meta.url))
    this.#folders = [packageRoot, join(packageRoot, 'src')]
  }

  /**
   * Adds a folder built like this package: its subfolders `drivers/`, `id-generators/`, `serializers/` and
   * `layouts/`, as far as they exist, hold one module per plug-in, named as in the type string. A relative path
   * starts at the folder that the program runs in; to start at a module, give `new URL('./plugins', import.meta.url)`.
   *
   * @throws InvalidOptionError when there is no module in any of the four.
   */
  addFolder(path: string | URL): this {
    const folder = path instanceof URL ? fileURLToPath(path) : resolve(path)
    if (!ALL_KINDS.some((kind) => listFolder(join(folder, KINDS[kind].folder)).size > 0)) {
      const names = ALL_KINDS.map((kind) => `${KINDS[kind].folder}/`).join(', ')
      throw new InvalidOptionError(`No plug-ins in ${folder}: expected modules in one of ${names}`)
    }
    this.#folders.unshift(folder)
    this.#listed = new Map()
    return this
  }

  /**
   * Makes one plug-in known: its class, or an arrow function that imports its module when it is first named. The kind
   * 'serializer' may also be called 'serialize', as in a type string.
   *
   * @throws InvalidOptionError for a kind that does not exist, or a name that no type string can contain.
   * @throws InvalidPluginError for a source that is neither.
   */
  register<K extends KindName>(kind: K, name: string, source: PluginSource<KindOf<K>>): this {
    const key = kindOf(kind)
    if (!/^[^\s:;]+$/.test(name)) {
      throw new InvalidOptionError(`'${name}' cannot be named in a type string: no spaces, ':' or ';'`)
    }
    if (typeof source !== 'function') {
      throw new InvalidPluginError(
        `Register the ${KINDS[key].title} '${name}' as a class or as () => import(…)`,
      )
    }
    let names = this.#registered.get(key)
    if (!names) this.#registered.set(key, (names = new Map()))
    names.set(name.toLowerCase(), {
      name,
      from: 'registered',
      load: isClass(source) ? () => Promise.resolve(source) : source,
    })
    return this
  }

  /** Everything that is registered or lies in a folder. Packages found by convention are not listed. */
  list(kind?: KindName): PluginEntry[] {
    return (kind === undefined ? ALL_KINDS : [kindOf(kind)]).flatMap((each) =>
      [...this.#sources(each).values()]
        .map(({ name, from }) => ({ kind: each, name, from }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    )
  }

  /**
   * The class under this name, in whatever case it is written, with the name's canonical spelling.
   *
   * @throws UnknownPluginError with the names that exist and the one that was probably meant.
   */
  async find<K extends Kind>(kind: K, name: string): Promise<FoundPlugin<K>> {
    const source = this.#sources(kind).get(name.toLowerCase())
    if (source) {
      return { name: source.name, pluginClass: classOf(kind, source.name, await source.load()) }
    }
    const packageName = KINDS[kind].packagePrefix + name.toLowerCase()
    const module = /^[\w.-]+$/.test(name) ? await importPackage(packageName) : undefined
    if (module === undefined) throw this.#unknown(kind, name, packageName)
    const pluginClass = classOf(kind, name, module)
    // The class says how its name is spelled; if it is called something else, the package's name does.
    const lowerCase = name.toLowerCase()
    const isNamesake = pluginClass.name.toLowerCase() === lowerCase
    return { name: isNamesake ? pluginClass.name : lowerCase, pluginClass }
  }

  #sources(kind: Kind): Map<string, Source> {
    let listed = this.#listed.get(kind)
    if (!listed) {
      listed = new Map()
      for (const folder of this.#folders.toReversed()) {
        for (const [name, url] of listFolder(join(folder, KINDS[kind].folder))) {
          listed.set(name.toLowerCase(), { name, from: url, load: () => import(url) })
        }
      }
      this.#listed.set(kind, listed)
    }
    const registered = this.#registered.get(kind)
    return registered ? new Map([...listed, ...registered]) : listed
  }

  #unknown(kind: Kind, name: string, packageName: string): UnknownPluginError {
    const { title } = KINDS[kind]
    const names = this.list(kind).map((entry) => entry.name)
    const meant = nearest(name, names)
    return new UnknownPluginError(
      `Unknown ${title} '${name}'${meant === undefined ? '.' : `; did you mean '${meant}'?`} ` +
        `There are: ${names.join(', ')}. (No package '${packageName}' is installed either.)`,
    )
  }
}

/** The registry that is used when no other is given. */
export const registry: Registry = new Registry()

export type { Kind, PluginTypes }
