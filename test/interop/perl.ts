import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { GoldenSerializer } from '../serializers/golden.ts'
import type { Notation } from './notation.ts'

/** An image to read, or a value to write; `settings` are those of Data::Dumper. */
export type Request =
  | { readonly format: GoldenSerializer; readonly image: Uint8Array }
  | {
      readonly format: GoldenSerializer
      readonly value: Notation
      readonly settings?: Readonly<Record<string, string | number>>
    }

/** What Perl answers. `error`: it refuses the value or the image. */
export interface Answer {
  readonly error?: string
  /** What it reads in the image. */
  readonly value?: Notation
  /** What it wrote. */
  readonly image: Buffer
  /** What the image was made of. */
  readonly original?: Notation
  /** The same with strings for the numbers that Data::Dumper quotes. */
  readonly dumped?: Notation | null
  /** What it reads in what it wrote; left out when it cannot, see `unreadable`. */
  readonly reread?: Notation
  readonly unreadable?: string
}

/** One Perl process that reads and writes images with Perl's own modules, as long as the tests run. */
export class Perl {
  private readonly child: ChildProcessWithoutNullStreams
  private readonly lines: AsyncIterator<string>

  private constructor(child: ChildProcessWithoutNullStreams, lines: AsyncIterator<string>) {
    this.child = child
    this.lines = lines
  }

  /**
   * `undefined` when there is no Perl here, or a module is missing for one of the formats; where everything must be
   * there (`CI_REQUIRE_ALL=1`) it throws.
   */
  static async start(formats: readonly GoldenSerializer[]): Promise<Perl | undefined> {
    const server = fileURLToPath(new URL('perl-server.pl', import.meta.url))
    const child = spawn('perl', [server, ...formats], { env: { ...process.env, PERL_HASH_SEED: '0' } })
    child.stderr.pipe(process.stderr)
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const failed = once(child, 'error').then(() => undefined)
    const first = await Promise.race([lines.next(), failed])
    const known = typeof first?.value === 'string' ? first.value.split(' ') : []
    const missing = formats.filter((format) => !known.includes(format))
    if (missing.length === 0) return new Perl(child, lines)
    child.kill()
    if (process.env['CI_REQUIRE_ALL'] === '1') throw new Error(`no Perl here for ${missing.join(', ')}`)
    return undefined
  }

  /** The value that Perl reads in this image. Throws what Perl says when it refuses it. */
  async thaw(format: GoldenSerializer, image: Uint8Array): Promise<Notation> {
    const { value, error } = await this.ask({ format, image })
    if (value === undefined) throw new Error(error ?? 'no value')
    return value
  }

  /** What Perl writes. Throws what Perl says when it refuses the value. */
  async freeze(
    format: GoldenSerializer,
    value: Notation,
    settings: Readonly<Record<string, string | number>> = {},
  ): Promise<Answer> {
    const answer = await this.ask({ format, value, settings })
    if (answer.error !== undefined) throw new Error(answer.error)
    return answer
  }

  async ask(request: Request): Promise<Answer> {
    const [answer] = await this.askAll([request])
    if (answer === undefined) throw new Error('no answer')
    return answer
  }

  /** Many at once is quicker. Here a refusal is an answer, not an error. */
  async askAll(requests: readonly Request[]): Promise<Answer[]> {
    this.child.stdin.write(`${JSON.stringify(requests.map(encoded))}\n`)
    const line = await this.lines.next()
    if (line.done === true) throw new Error('Perl has ended')
    return (JSON.parse(line.value) as (Answer & { image?: string })[]).map((answer) => ({
      ...answer,
      image: Buffer.from(answer.image ?? '', 'base64'),
    }))
  }

  async end(): Promise<void> {
    const exit = once(this.child, 'exit')
    this.child.stdin.end()
    await exit
  }
}

function encoded(request: Request): object {
  if (!('image' in request)) return request
  return { ...request, image: Buffer.from(request.image).toString('base64') }
}
