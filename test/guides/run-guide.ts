import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { dataSession, type Outcome } from '../cli/data-session.ts'

const guides = join(import.meta.dirname, '..', '..', 'docs', 'guides')

/** What each command of a guide came to, by the command's name and in their order. */
export type GuideOutcome = Outcome & { readonly command: string }

/**
 * Does what a guide says: all its commands `npx data-session …`, in their order.
 *
 * @param sessions the folder that the guide calls /var/lib/shop/sessions
 * @param directory where the commands are given
 */
export async function runGuide(name: string, sessions: string, directory: string): Promise<GuideOutcome[]> {
  const outcomes: GuideOutcome[] = []
  for (const args of commandsIn(readFileSync(join(guides, `${name}.md`), 'utf8'))) {
    const local = args.map((arg) =>
      arg.replace('/var/lib/shop/sessions', sessions).replace(/^sessions\.sqlite$/, join(directory, arg)),
    )
    outcomes.push({ command: args[0]!, ...(await dataSession(local, { directory })) })
  }
  return outcomes
}

/** Words as a shell would have them: single quotes, and lines that go on after a backslash. */
function commandsIn(page: string): string[][] {
  const lines = page.replaceAll('\\\n', ' ').split('\n')
  return lines
    .filter((line) => line.startsWith('    npx data-session '))
    .map((line) => [...line.matchAll(/'([^']*)'|[^\s']+/g)].map(([word, quoted]) => quoted ?? word).slice(2))
}
