import type { Driver, IdsOptions, Image, StoredImage } from '../../contracts/driver.ts'
import { fail, same, shown } from '../assertions.ts'
import type { FakeClock } from '../context.ts'

/** The verbs that a driver may leave out. */
export type Capability = 'create' | 'replace' | 'removeIf' | 'touch' | 'purge' | 'tryLock'

export type DriverWith<C extends Capability> = Driver & Required<Pick<Driver, C>>

/** What a case of the driver contract works with. */
export interface Trial<C extends Capability = never> {
  /** Opened, on an empty storage. */
  readonly driver: DriverWith<C>
  readonly clock: FakeClock
  readonly limits: {
    readonly longestId: number
    readonly maxImage: number | undefined
    readonly records: number
  }

  /** One more driver on the same storage, opened. */
  readonly another: () => Promise<DriverWith<C>>
  readonly close: (driver: Driver) => Promise<void>

  /** Makes the storage unusable; `false` when the setup cannot. */
  readonly sabotage: () => Promise<boolean>
}

/** A case, or the reason why it does not apply. */
export type TrialBody<C extends Capability> = (trial: Trial<C>) => Promise<string | void>

export interface DriverDraft {
  readonly group: string
  readonly title: string
  readonly needs: readonly Capability[]
  readonly body: TrialBody<Capability>
}

/** The cases of one group: what is promised, and the trial of it. Without what they need they do not apply. */
export function chapter<C extends Capability = never>(
  group: string,
  needs: readonly C[],
  bodies: Readonly<Record<string, TrialBody<C>>>,
): DriverDraft[] {
  return Object.entries(bodies).map(([title, body]) => ({
    group,
    title,
    needs,
    body: body as TrialBody<Capability>,
  }))
}

/** Ids that every driver takes: 32 hexadecimal digits. */
export function plainId(number: number): string {
  return number.toString(16).padStart(8, '0').repeat(4)
}

/** Not a Buffer, since the contract does not promise one. */
export function imageOf(text: string): Image {
  return new TextEncoder().encode(text)
}

export async function expectImage(driver: Driver, id: string, image: Image, when: string): Promise<void> {
  const what = `retrieve(${shown(id)}) ${when}`
  const stored = await driver.retrieve(id)
  if (stored === undefined) fail(`${what}: expected ${image.length} bytes, got undefined`)
  expectSameBytes(stored, image, what)
}

function expectSameBytes({ image }: StoredImage, expected: Image, what: string): void {
  if (!(image instanceof Uint8Array)) fail(`${what}: the image is no Uint8Array but ${shown(image)}`)
  if (Buffer.compare(image, expected) === 0) return
  const at = expected.findIndex((byte, index) => image[index] !== byte)
  const where = at === -1 ? `they go on after byte ${expected.length}` : `they differ from byte ${at} on`
  fail(`${what}: expected ${shown(expected)}, got ${shown(image)}; ${where}`)
}

export async function expectAbsent(driver: Driver, id: string, when: string): Promise<void> {
  same(await driver.retrieve(id), undefined, `retrieve(${shown(id)}) ${when}`)
}

/** All ids of a listing, sorted; each may come once only. */
export async function listed(driver: Driver, options?: IdsOptions): Promise<string[]> {
  const ids = new Set<string>()
  for await (const id of driver.ids(options)) {
    if (ids.has(id)) fail(`ids() listed ${shown(id)} twice`)
    ids.add(id)
  }
  return [...ids].sort()
}

export async function expectListed(driver: Driver, ids: Iterable<string>, when: string): Promise<void> {
  const found = new Set(await listed(driver))
  const wanted = new Set(ids)
  for (const id of wanted) if (!found.has(id)) fail(`ids() ${when} leaves out ${shown(id)}`)
  for (const id of found) if (!wanted.has(id)) fail(`ids() ${when} lists ${shown(id)}, which is not there`)
}

/** Stores records number 0 to count - 1, some at a time, and answers with their ids. */
export async function fill(driver: Driver, count: number, lifetime?: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, number) => plainId(number))
  for (let start = 0; start < count; start += 32) {
    await Promise.all(
      ids.slice(start, start + 32).map((id) => driver.store(id, imageOf(`image of ${id}`), lifetime)),
    )
  }
  return ids
}

/** The answers of calls that are all under way at once. */
export function atOnce<T>(count: number, call: (number: number) => T | Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, async (_, number) => call(number)))
}
