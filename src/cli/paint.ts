import { styleText } from 'node:util'
import type { Terminal } from './terminal.ts'

/** Makes text stand out where that can be seen. */
export interface Paint {
  readonly heading: (text: string) => string
  readonly bad: (text: string) => string
  readonly quiet: (text: string) => string
}

const plain = (text: string): string => text
const none: Paint = { heading: plain, bad: plain, quiet: plain }
const colours: Paint = {
  heading: (text) => styleText('bold', text, { validateStream: false }),
  bad: (text) => styleText('red', text, { validateStream: false }),
  quiet: (text) => styleText('dim', text, { validateStream: false }),
}

/** Colours on a screen that has them, unless the variable NO_COLOR forbids it; none in files and pipes. */
export function paintFor({ screens, environment }: Terminal): Paint {
  const wanted = screens.out && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb'
  return wanted ? colours : none
}
