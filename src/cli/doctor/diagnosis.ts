import type { Image } from '../../contracts/driver.ts'
import type { Layout } from '../../contracts/layout.ts'
import type { Hash, Serializer } from '../../contracts/serializer.ts'
import { isPlainObject } from '../../hash.ts'
import { asBuffer } from '../../image-text.ts'
import { formOf } from '../../json/perl-json.ts'
import { type FormatName, recognizeFormat } from '../../recognize-format.ts'
import { type LayoutName, recognizeLayout } from '../../recognize-layout.ts'
import { buildParts } from '../../store-parts.ts'
import { misreadIn, type RecordText, textOf } from './text-forms.ts'

/** What one record turned out to be. */
export interface Diagnosis {
  readonly format: FormatName | undefined
  readonly layout: LayoutName | undefined
  readonly text: RecordText | undefined
  /** How many texts are misread as things are by default, and with `perlText: 'utf8'`. */
  readonly misread: { readonly byDefault: number; readonly asUtf8: number }
  /** What is particular about the format. */
  readonly variant: 'network' | 'syck' | undefined
  /** Why it cannot be read. */
  readonly damage: string | undefined
}

const formats = [
  'Base64',
  'DataDumper',
  'Devalue',
  'FreezeThaw',
  'JSON',
  'Storable',
  'Sybase',
  'UUEncode',
  'YAML',
] as const satisfies readonly FormatName[]

const layouts = [
  'ApacheSession',
  'CGISession',
  'Concierge',
  'DataSession',
  'ExpressSession',
] as const satisfies readonly LayoutName[]

/** The readings that there are of Perl's strings. Of JSON and YAML, `auto` is the default. */
interface Readings {
  readonly byDefault: Serializer
  readonly asCharacters: Serializer
  readonly asUtf8: Serializer
}

const nothing: Diagnosis = {
  format: undefined,
  layout: undefined,
  text: undefined,
  misread: { byDefault: 0, asUtf8: 0 },
  variant: undefined,
  damage: undefined,
}

/** Tells what records are, whatever wrote them. */
export class Diagnostician {
  readonly #readings: ReadonlyMap<FormatName, Readings>
  readonly #layouts: ReadonlyMap<LayoutName, Layout>

  private constructor(
    readings: ReadonlyMap<FormatName, Readings>,
    layoutsByName: ReadonlyMap<LayoutName, Layout>,
  ) {
    this.#readings = readings
    this.#layouts = layoutsByName
  }

  static async create(): Promise<Diagnostician> {
    const partsOf = async (part: string, options: object = {}) =>
      (await buildParts({ type: `driver:Memory;id:MD5;${part}`, ...options })).plugins
    const readings = new Map<FormatName, Readings>()
    for (const format of formats) {
      const serializer = async (options: object) => (await partsOf(`serialize:${format}`, options)).serializer
      readings.set(format, {
        byDefault: await serializer({}),
        asCharacters: await serializer({ perlText: 'characters' }),
        asUtf8: await serializer({ perlText: 'utf8' }),
      })
    }
    const layoutsByName = new Map<LayoutName, Layout>()
    for (const name of layouts) {
      layoutsByName.set(name, (await partsOf(`serialize:JSON;layout:${name}`)).layout)
    }
    return new Diagnostician(readings, layoutsByName)
  }

  diagnose(id: string, image: Image): Diagnosis {
    const format = recognizeFormat(image)
    if (format === undefined) return { ...nothing, damage: 'its first bytes are like those of no format' }
    const readings = this.#readings.get(format)!
    try {
      const hash = thaw(readings.byDefault, image)
      const layout = recognizeLayout(hash)
      // It may be laid out right and have a time that is none.
      if (layout !== undefined) this.#layouts.get(layout)?.read(hash, id)
      return {
        ...nothing,
        format,
        layout,
        variant: variantOf(format, image),
        ...textIn(readings, image, hash),
      }
    } catch (error) {
      return { ...nothing, format, damage: error instanceof Error ? error.message : String(error) }
    }
  }
}

function thaw(serializer: Serializer, image: Image): Hash {
  const hash: unknown = serializer.thaw(image)
  if (isPlainObject(hash)) return hash
  throw new TypeError('it is no hash')
}

function textIn(readings: Readings, image: Image, hash: Hash): Pick<Diagnosis, 'text' | 'misread'> {
  // What has no text beyond ASCII by default has none in any reading.
  if (textOf(hash) === 'ascii') return { text: 'ascii', misread: nothing.misread }
  return {
    text: textOf(thaw(readings.asCharacters, image)),
    misread: { byDefault: misreadIn(hash), asUtf8: misreadIn(thaw(readings.asUtf8, image)) },
  }
}

/** Behind `pst0`, in the files of `store`, it begins as elsewhere. */
function variantOf(format: FormatName, image: Image): Diagnosis['variant'] {
  const bytes = asBuffer(image)
  if (format === 'JSON') return formOf(bytes) === 'syck' ? 'syck' : undefined
  if (format !== 'Storable') return undefined
  const start = bytes.toString('latin1', 0, 4) === 'pst0' ? 4 : 0
  return (bytes[start] ?? 0) % 2 === 1 ? 'network' : undefined
}
