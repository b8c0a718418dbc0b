/** The reason of `Terminal.stopped`: the command ends early, with this exit code and without a word. */
export class Stopped extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super('stopped')
    this.exitCode = exitCode
  }
}
