import { removeParameter, type SessionRecord, setParameterLifetime } from './record.ts'

/**
 * What one session object changed since it was loaded: enough to make the same changes to a record that somebody
 * else has changed meanwhile.
 */
export class Delta {
  readonly set = new Map<string, unknown>()
  readonly cleared = new Set<string>()
  /** New lifetimes of parameters and when they were set; 0 = removed. */
  readonly lifetimes = new Map<string, { lifetime: number; since: number }>()
  etime: number | undefined
  deadline: number | undefined
  /** '' = nobody's any more. */
  owner: string | undefined

  get isEmpty(): boolean {
    return (
      this.set.size === 0 &&
      this.cleared.size === 0 &&
      this.lifetimes.size === 0 &&
      this.etime === undefined &&
      this.deadline === undefined &&
      this.owner === undefined
    )
  }

  setParam(name: string, value: unknown): void {
    this.set.set(name, value)
  }

  clearParam(name: string): void {
    this.set.delete(name)
    this.lifetimes.delete(name)
    this.cleared.add(name)
  }

  /** Makes these changes to another record of the same session: what was cleared may have been set again after. */
  applyTo(record: SessionRecord): void {
    for (const name of this.cleared) removeParameter(record, name)
    for (const [name, value] of this.set) record.params.set(name, value)
    for (const [name, { lifetime, since }] of this.lifetimes) {
      setParameterLifetime(record, name, lifetime, since)
    }
    if (this.etime !== undefined) record.etime = this.etime
    if (this.deadline !== undefined) record.deadline = this.deadline
    if (this.owner !== undefined) record.owner = this.owner || undefined
  }

  /** Adds changes that were made after these. */
  add(later: Delta): void {
    for (const name of later.cleared) this.clearParam(name)
    for (const [name, value] of later.set) this.setParam(name, value)
    for (const [name, lifetime] of later.lifetimes) this.lifetimes.set(name, lifetime)
    this.etime = later.etime ?? this.etime
    this.deadline = later.deadline ?? this.deadline
    this.owner = later.owner ?? this.owner
  }
}
