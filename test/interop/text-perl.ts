import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type TextFormat = 'json' | 'yaml'

/** One Perl process that reads and writes images with Perl's own modules. */
export class TextPerl {
  private readonly process: ChildProcessWithoutNullStreams
  private readonly lines: AsyncIterator<string>

  private constructor(process: ChildProcessWithoutNullStreams, lines: AsyncIterator<string>) {
    this.process = process
    this.lines = lines
  }

  /** `undefined` when there is no Perl here, or not the module; on a machine that must have them it throws. */
  static async start(format: TextFormat): Promise<TextPerl | undefined> {
    const process = spawn('perl', [fileURLToPath(new URL('text-serializers.pl', import.meta.url))])
    const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]()
    const ready = await Promise.race([
      lines.next(),
      new Promise<undefined>((resolve) => process.once('error', () => resolve(undefined))),
    ])
    const formats = typeof ready?.value === 'string' ? ready.value.split(' ') : []
    if (formats.includes(format)) return new TextPerl(process, lines)
    process.kill()
    if (globalThis.process.env['CI_REQUIRE_ALL'] === '1') throw new Error(`No Perl with ${format} here`)
    return undefined
  }

  /** What the module reads in this image. */
  async read(format: TextFormat, image: Uint8Array): Promise<unknown> {
    return JSON.parse(await this.ask(`read ${format} ${Buffer.from(image).toString('base64')}`)) as unknown
  }

  /** The image that Perl would store of this data, which is JSON in ASCII. */
  async write(format: TextFormat, data: string): Promise<Buffer> {
    return Buffer.from(await this.ask(`write ${format} ${data}`), 'base64')
  }

  stop(): void {
    this.process.stdin.end()
  }

  private async ask(question: string): Promise<string> {
    this.process.stdin.write(`${question}\n`)
    const { value } = (await this.lines.next()) as { value: string }
    if (!value.startsWith('ok ')) throw new Error(`Perl: ${value}`)
    return value.slice(3)
  }
}
