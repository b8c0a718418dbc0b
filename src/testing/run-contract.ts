import type { ContractCase } from './contract-case.ts'

/** How a contract run ended: the names of the cases, those that were skipped with the reason. */
export interface ContractSummary {
  readonly passed: readonly string[]
  readonly skipped: ReadonlyMap<string, string>
}

/** Some cases failed: `errors` has one `ContractBreach` for each. */
export class ContractFailedError extends AggregateError {
  constructor(errors: readonly unknown[], summary: ContractSummary) {
    const { passed, skipped } = summary
    super(errors, `${errors.length} failed, ${passed.length} passed, ${skipped.size} skipped`)
    this.name = 'ContractFailedError'
  }
}

/**
 * Runs the cases one after the other without any test runner and writes a line for each, to the console unless
 * told otherwise. Throws `ContractFailedError` at the end when any failed, so that `node contract.mjs` fails too.
 */
export async function runContract(
  cases: readonly ContractCase[],
  { log = console.log }: { log?: (line: string) => void } = {},
): Promise<ContractSummary> {
  const passed: string[] = []
  const skipped = new Map<string, string>()
  const errors: unknown[] = []
  for (const { name, run } of cases) {
    try {
      await run({ skip: (reason) => skipped.set(name, reason) })
      const reason = skipped.get(name)
      if (reason === undefined) passed.push(name)
      log(reason === undefined ? `ok    ${name}` : `skip  ${name} (${reason})`)
    } catch (error) {
      errors.push(error)
      log(
        `FAIL  ${error instanceof Error ? error.message.replaceAll('\n', '\n      ') : `${name}: ${String(error)}`}`,
      )
    }
  }
  const summary = { passed, skipped }
  if (errors.length > 0) throw new ContractFailedError(errors, summary)
  return summary
}
