import { readFileSync } from 'node:fs'

/** A value as Perl has it: the notation is explained in the README of the fixtures. */
export type Node = Marks &
  (
    | { readonly t: 'undef' | 'hole' | 'code' }
    | { readonly t: 'int'; readonly v: string }
    | { readonly t: 'num'; readonly v: string; readonly hex: string }
    | { readonly t: 'bool' | 'jsonbool'; readonly v: boolean }
    /** Memcached gives small integers as numbers. */
    | { readonly t: 'str'; readonly v?: string | number; readonly cps?: readonly number[] }
    | { readonly t: 'bytes'; readonly b64: string }
    | { readonly t: 'vstring'; readonly v: string }
    | { readonly t: 'glob'; readonly v?: string }
    | { readonly t: 'regexp'; readonly pat: string; readonly flags: string }
    | { readonly t: 'hash'; readonly v: readonly (readonly [key: string, value: Node])[] }
    | { readonly t: 'array'; readonly v: readonly Node[] }
    | { readonly t: 'ref'; readonly v: Node; readonly to?: undefined }
    | { readonly t: 'ref'; readonly to: number }
    | { readonly t: 'same'; readonly id: number }
    | { readonly t: 'alias'; readonly cid: number }
  )

interface Marks {
  /** The class. */
  readonly bless?: string
  /** Of a hash or array that occurs again as `same`. */
  readonly id?: number
  /** Of a scalar that occurs again, as an `alias` or as what a `ref` points `to`. */
  readonly cid?: number
  readonly weak?: boolean
  readonly locked?: boolean
  /** The number of a string that has one of its own. */
  readonly dual?: string
  /** Whether Perl's UTF8 flag is on: nothing that a Perl program sees. */
  readonly flag?: number
}

/** Data::Session, CGI::Session or Apache::Session, and the module behind: the README says which key is which. */
export type GoldenSerializer =
  | 'dd'
  | 'cgidd'
  | 'st'
  | 'nst'
  | 'pst0'
  | 'npst0'
  | 'stcanon'
  | 'stcode'
  | 'ft'
  | 'json'
  | 'jsonpp'
  | 'yamlt'
  | 'syck'
  | 'yamlpm'
  | 'cgijson'
  | 'apb64'
  | 'apuu'
  | 'apsyb'

/** What an object of a class with `STORABLE_freeze` gave to Storable. */
export interface GoldenHook {
  readonly class: string
  readonly cookie: string
  readonly refs: string
}

/** A record that a Perl module wrote. */
export interface GoldenRecord {
  readonly ser: GoldenSerializer
  readonly name: string
  readonly image: Buffer
  /** What the module was given. */
  readonly given: Node
  /** What the module reads in the image; undefined when it refuses it, see `thawError`. */
  readonly read: Node | undefined
  /** The same where the text never became bytes, for text beyond ASCII in the text formats. */
  readonly readAsCharacters: Node | undefined
  readonly thawError: string | undefined
  /** How the text became bytes, of the text formats. */
  readonly encoding: 'ascii' | 'latin1' | 'utf8' | undefined
  readonly hook: GoldenHook | undefined
}

/** What a Perl module refused to write. */
export interface RefusedRecord {
  readonly ser: GoldenSerializer
  readonly name: string
  readonly given: Node
  readonly freezeError: string
}

/** A session that a Perl module stored, and the record as it lay in the store. */
export interface GoldenSession {
  readonly module: 'Data::Session' | 'CGI::Session' | 'Apache::Session' | 'Concierge::Sessions'
  readonly driver: string
  readonly serializer: string
  /** What text is in it: ASCII, characters up to U+00FF, or any. */
  readonly kind: 'plain' | 'latin' | 'text'
  readonly id: string
  /** The bytes in the store; undefined when nothing could be stored (`error`). */
  readonly image: Buffer | undefined
  /** The session in memory when it was stored. */
  readonly given: Node | undefined
  /** The session when it was opened again, a second later; undefined when that failed (`loadError`). */
  readonly loaded: Node | undefined
  /** What is in the image, as the module reads it: `loaded` without the access time that opening it has set. */
  readonly read: Node | undefined
  readonly error: string | undefined
  readonly loadError: string | undefined
}

interface Place {
  readonly file?: string
  readonly off?: number
  readonly len?: number
}

interface Manifest {
  readonly values: Readonly<Record<string, Node>>
  readonly records: readonly (Place & {
    readonly ser: GoldenSerializer
    readonly value: string
    readonly out?: Node | '='
    readonly out_chars?: Node | '='
    readonly freeze_error?: string
    readonly thaw_error?: string
    readonly encoding?: 'ascii' | 'latin1' | 'utf8'
    readonly hook?: GoldenHook
  })[]
  readonly sessions: readonly (Place &
    Pick<GoldenSession, 'module' | 'driver' | 'serializer' | 'kind' | 'id'> & {
      readonly given?: Node
      readonly loaded?: Node | '='
      readonly error?: string
      readonly load_error?: string
    })[]
}

const folder = new URL('../fixtures/golden/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8')) as Manifest
const files = new Map<string, Buffer>()

/** The records of one serializer, those that it refused to write left out: see {@link refusedRecords}. */
export function goldenRecords(ser: GoldenSerializer): GoldenRecord[] {
  const records: GoldenRecord[] = []
  for (const record of manifest.records) {
    const image = imageAt(record)
    if (record.ser !== ser || image === undefined) continue
    const given = valueNamed(record.value)
    records.push({
      ser,
      name: record.value,
      image,
      given,
      read: resolve(record.out, given),
      readAsCharacters: resolve(record.out_chars, given),
      thawError: record.thaw_error,
      encoding: record.encoding,
      hook: record.hook,
    })
  }
  if (records.length === 0) throw new Error(`no golden records of ${ser}`)
  return records
}

/** The values that this serializer refused to write. */
export function refusedRecords(ser: GoldenSerializer): RefusedRecord[] {
  const refused: RefusedRecord[] = []
  for (const { ser: by, value, freeze_error: freezeError } of manifest.records) {
    if (by === ser && freezeError !== undefined) {
      refused.push({ ser, name: value, given: valueNamed(value), freezeError })
    }
  }
  return refused
}

/** The stored sessions; of one serializer, as the module calls it, when that is given. */
export function goldenSessions({ serializer }: { readonly serializer?: string } = {}): GoldenSession[] {
  return manifest.sessions
    .filter((session) => serializer === undefined || session.serializer === serializer)
    .map((session) => ({
      ...loadedAndRead(session),
      module: session.module,
      driver: session.driver,
      serializer: session.serializer,
      kind: session.kind,
      id: session.id,
      image: imageAt(session),
      given: session.given,
      error: session.error,
      loadError: session.load_error,
    }))
}

function loadedAndRead(session: Manifest['sessions'][number]): Pick<GoldenSession, 'loaded' | 'read'> {
  const loaded = resolve(session.loaded, session.given)
  const atime = session.given && elementOf(session.given, '_SESSION_ATIME')
  if (loaded?.t !== 'hash' || atime === undefined) return { loaded, read: loaded }
  const pairs = loaded.v.map(([key, value]) => [key, key === '_SESSION_ATIME' ? atime : value] as const)
  return { loaded, read: { ...loaded, v: pairs } }
}

function elementOf(node: Node, name: string): Node | undefined {
  return node.t === 'hash' ? node.v.find(([key]) => key === name)?.[1] : undefined
}

function valueNamed(name: string): Node {
  const node = manifest.values[name]
  if (node === undefined) throw new Error(`no golden value ${name}`)
  return node
}

function resolve(node: Node | '=' | undefined, given: Node | undefined): Node | undefined {
  return node === '=' ? given : node
}

function imageAt({ file, off, len }: Place): Buffer | undefined {
  if (file === undefined || off === undefined || len === undefined) return undefined
  let bytes = files.get(file)
  if (bytes === undefined) {
    bytes = readFileSync(new URL(file, folder))
    files.set(file, bytes)
  }
  return bytes.subarray(off, off + len)
}
