import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { InvalidOptionError, UnknownPluginError } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { listFolder } from './folder.ts'
import { ALL_KINDS, type Kind, KINDS, type PluginTypes } from './kinds.ts'
import { importPackage } from './package.ts'
import { classOf, type PluginClass } from './plugin-class.ts'

/** How a registered plug-in comes: its class, or a function that imports the module with it. */
export type PluginSource<K extends Kind> = PluginClass<K> | (() => Promise<unknown>)

/** A plug-in that the registry knows of. */
export interface PluginEntry {
  readonly kind: Kind
  /** The name in its canonical spelling. */
  readonly name: string
  /** Where it comes from: the URL of a module, the name of a package, or 'registered'. */
  readonly from: string
}

interface Found<K extends Kind> {
  readonly name: string
  readonly pluginClass: PluginClass<K>
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
   * `layouts/`, as far as they exist, hold one module per plug-in, named as in the type string.
   *
   * @throws InvalidOptionError when none of the four is there.
   */
  addFolder(path: string): this {
    if (!ALL_KINDS.some((kind) => listFolder(join(path, KINDS[kind].folder)).size > 0)) {
      const names = ALL_KINDS.map((kind) => `${KINDS[kind].folder}/`).join(', ')
      throw new InvalidOptionError(`No plug-ins in ${path}: expected modules in one of ${names}`)
    }
    this.#folders.unshift(path)
    this.#listed = new Map()
    return this
  }

  /** Makes one plug-in known: its class, or a function that imports its module when it is first used. */
  register<K extends Kind>(kind: K | 'serialize', name: string, source: PluginSource<K>): this {
    const key: Kind = kind === 'serialize' ? 'serializer' : kind
    if (!Object.hasOwn(KINDS, key)) {
      throw new InvalidOptionError(`Unknown kind of plug-in '${key}'; the kinds are ${ALL_KINDS.join(', ')}`)
    }
    if (!/^[^\s:;]+$/.test(name)) {
      throw new InvalidOptionError(`'${name}' cannot be named in a type string: no spaces, ':' or ';'`)
    }
    let names = this.#registered.get(key)
    if (!names) this.#registered.set(key, (names = new Map()))
    const isClass = typeof source === 'function' && source.prototype !== undefined
    names.set(name.toLowerCase(), {
      name,
      from: 'registered',
      load: isClass ? () => Promise.resolve(source) : (source as () => Promise<unknown>),
    })
    return this
  }

  /** Everything that is registered or lies in a folder. Packages found by convention are not listed. */
  list(kind?: Kind): PluginEntry[] {
    return (kind === undefined ? ALL_KINDS : [kind]).flatMap((each) =>
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
  async find<K extends Kind>(kind: K, name: string): Promise<Found<K>> {
    const source = this.#sources(kind).get(name.toLowerCase())
    if (source) {
      return { name: source.name, pluginClass: classOf(kind, source.name, await source.load()) }
    }
    const packageName = KINDS[kind].packagePrefix + name.toLowerCase()
    const module = /^[\w.-]+$/.test(name) ? await importPackage(packageName) : undefined
    if (module === undefined) throw this.#unknown(kind, name, packageName)
    const pluginClass = classOf(kind, name, module)
    const canonical = pluginClass.name.toLowerCase() === name.toLowerCase() ? pluginClass.name : name
    return { name: canonical, pluginClass }
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
      `Unknown ${title} '${name}'${meant === undefined ? '' : `; did you mean '${meant}'?`} ` +
        `There are: ${names.join(', ')}. (No package '${packageName}' is installed either.)`,
    )
  }
}

/** The registry that is used when no other is given. */
export const registry: Registry = new Registry()

export type { Kind, PluginTypes }
