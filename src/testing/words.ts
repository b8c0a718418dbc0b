/** A list written as one text. */
export function words(list: string, separator = ' '): string[] {
  return list.split(separator)
}

/** The characters from one code to before another. */
export function characters(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, index) => String.fromCharCode(from + index))
}
