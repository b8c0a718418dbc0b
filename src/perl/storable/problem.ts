import { FreezeError } from '../../errors.ts'
import { scriptPath } from '../foreign.ts'

/** What cannot be written. On the way up each level adds its key: to keep the way while all is well takes longer. */
export class Problem {
  private readonly way: (string | number | undefined)[] = []
  private readonly what: string
  private readonly hint: string | undefined

  constructor(what: string, hint: string | undefined) {
    this.what = what
    this.hint = hint
  }

  below(key: string | number | undefined): void {
    this.way.push(key)
  }

  asFreezeError(): FreezeError {
    const way = scriptPath(this.way.toReversed())
    const where = way === '' ? '' : ` at ${way}`
    return new FreezeError(
      'Storable',
      `${this.what}${where}${this.hint === undefined ? '' : `: ${this.hint}`}`,
    )
  }
}

/** Puts the key in front of the way, if this is such a problem. To be thrown on. */
export function below(error: unknown, key: string | number | undefined): unknown {
  if (error instanceof Problem) error.below(key)
  return error
}
