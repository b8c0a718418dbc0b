/** The bounds of what `stats` counts together, in seconds. */
const spans = [
  ['1 hour', 3600],
  ['1 day', 86_400],
  ['1 week', 604_800],
  ['30 days', 2_592_000],
  ['1 year', 31_536_000],
] as const

/** The name of the span that so many seconds fall into: the shortest that is not shorter. */
export function spanOf(seconds: number): string {
  return spans.find(([, bound]) => seconds <= bound)?.[0] ?? 'longer'
}

export const spanNames: readonly string[] = [...spans.map(([name]) => name), 'longer']
