/** The arguments of a command line, none of which has a space in it. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
