/** What a case tells its test runner. The context that vitest and node:test hand to a test function is one. */
export interface CaseRunner {
  skip?(reason: string): void
}

/**
 * One promise of a contract, as a test for any runner: `for (const { name, run } of cases) test(name, run)`.
 * A runner that hands over its context (vitest, node:test) shows a case that does not apply as skipped, with the
 * reason; under other runners look at `skipped`, or use `runContract`.
 */
export interface ContractCase {
  /** What it is about: 'replace', 'ids' … */
  readonly group: string

  /** `<group>: <what is promised>`, different for each case of a suite. */
  readonly name: string

  /** Why it does not run, as far as that is known beforehand. */
  readonly skipped?: string | undefined

  /** Rejects with a `ContractBreach` when the promise is not kept. Runs by itself, in any order, repeatedly. */
  readonly run: (runner?: CaseRunner) => Promise<void>
}

/** Cases or whole groups switched off: the name of either, and the reason that the runner shows. */
export type Switches = Readonly<Record<string, string>>

/** A promise that is not kept. The `cause` is the assertion, or the error, that showed it. */
export class ContractBreach extends Error {
  /** The `name` of the case. */
  readonly caseName: string

  constructor(caseName: string, cause: unknown, account = '') {
    super(`${caseName}\n${cause instanceof Error ? cause.message : String(cause)}${account}`, { cause })
    this.name = 'ContractBreach'
    this.caseName = caseName
  }
}

/** A case before the switches were looked at. Its body answers why it does not apply, if it finds so. */
export interface DraftCase {
  readonly group: string
  readonly title: string
  readonly body: (name: string) => Promise<string | undefined>
}

/** Throws a `TypeError` for a switch that names no case: a misspelt one would go unnoticed. */
export function contractCases(drafts: readonly DraftCase[], without: Switches = {}): ContractCase[] {
  const switches = new Map(Object.entries(without))
  const cases = drafts.map(({ group, title, body }): ContractCase => {
    const name = `${group}: ${title}`
    const skipped = switches.get(name) ?? switches.get(group)
    return {
      group,
      name,
      skipped,
      // Without a declared parameter: some runners take a test function that has one for a callback style test.
      run: async (...[runner]: [CaseRunner?]) => {
        const reason = skipped ?? (await body(name))
        if (reason !== undefined) runner?.skip?.(reason)
      },
    }
  })
  const known = new Set(cases.flatMap(({ group, name }) => [group, name]))
  for (const name of switches.keys()) {
    if (!known.has(name)) {
      throw new TypeError(`There is no case or group ${JSON.stringify(name)} to leave out`)
    }
  }
  return cases
}
