/** How many sessions an owner may have, and what becomes of the others. */
export interface Admission {
  /** How many sessions the owner may have, 1 or more. */
  readonly limit: number
  /** When there are as many: 'replace', the oldest ones go; 'refuse', the new one does. Default 'replace'. */
  readonly whenFull?: 'replace' | 'refuse' | undefined
}

/** The same, checked and with the default filled in. */
export interface AdmissionRule extends Admission {
  readonly whenFull: 'replace' | 'refuse'
}

/**
 * Which sessions an owner has. It names every session that has an owner, whatever crashed between two writes, and may
 * name some that are gone.
 */
export interface OwnerIndex {
  /**
   * A session is about to be stored. `standing` 'new': as soon as it is, it will ask to be admitted.
   *
   * @param until when the session may be forgotten, in seconds since 1970
   */
  add(owner: string, id: string, standing: 'new' | 'live', until: number): Promise<void>

  /** Sessions are no longer this owner's, or no longer there. */
  drop(owner: string, ids: readonly string[]): Promise<void>

  /** Sessions were not found, or are another owner's. Their writers may still be about to store them. */
  missed(owner: string, ids: readonly string[]): Promise<void>

  /**
   * Gives a session that is stored its place. Answers whether it got one; if not, it is removed.
   *
   * @param until as in `add`
   */
  admit(owner: string, id: string, rule: AdmissionRule, until: number): Promise<boolean>

  /** Removes an owner's sessions. Answers how many went. */
  removeAll(owner: string, except: ReadonlySet<string>): Promise<number>

  /** The ids of an owner's sessions, the oldest first. */
  ids(owner: string): AsyncIterable<string>
}
