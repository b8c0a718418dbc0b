import type { Driver } from '../../contracts/driver.ts'
import { shown } from '../assertions.ts'

interface Call {
  readonly verb: string
  readonly values: readonly unknown[]
  outcome: { readonly answer?: unknown; readonly error?: unknown } | undefined
}

/** The last calls of the drivers of one case, so that a failure can tell verb, id and answer. */
export class CallLog {
  private readonly calls: Call[] = []

  /** The same driver, with its calls written down here. */
  watch(driver: Driver): Driver {
    return new Proxy(driver, {
      get: (target, verb) => {
        const method: unknown = Reflect.get(target, verb)
        if (typeof method !== 'function') return method
        return (...values: unknown[]): unknown => {
          const call = this.add(String(verb), values)
          try {
            const answer: unknown = Reflect.apply(method, target, values)
            if (answer instanceof Promise) settle(call, answer)
            else call.outcome = { answer }
            return answer
          } catch (error) {
            call.outcome = { error }
            throw error
          }
        }
      },
    })
  }

  /** For the end of a message; '' when nothing was called. */
  toString(): string {
    const lines = this.calls.map((call) => `\n  ${written(call)}`)
    return lines.length === 0 ? '' : `\nLast calls:${lines.join('')}`
  }

  private add(verb: string, values: unknown[]): Call {
    const call: Call = { verb, values, outcome: undefined }
    this.calls.push(call)
    if (this.calls.length > 8) this.calls.shift()
    return call
  }
}

function settle(call: Call, answer: Promise<unknown>): void {
  answer.then(
    (value) => {
      call.outcome = { answer: value }
    },
    (error: unknown) => {
      call.outcome = { error }
    },
  )
}

function written({ verb, values, outcome }: Call): string {
  const text = `${verb}(${values.map(shown).join(', ')})`
  if (outcome === undefined) return `${text} (under way)`
  return 'error' in outcome ? `${text} threw ${String(outcome.error)}` : `${text} → ${shown(outcome.answer)}`
}
