/** Numbers below `limit`, the same for the same seed. */
export type Below = (limit: number) => number

export function randomBelow(seed: number): Below {
  let state = seed >>> 0
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

/**
 * The image with one to four changes: bytes put in, replaced, taken out or repeated, a piece of the format put
 * somewhere, a part of another image, or the end cut off.
 */
export function mutate(
  image: Uint8Array,
  pieces: readonly Uint8Array[],
  corpus: readonly Uint8Array[],
  below: Below,
): Buffer {
  let mutated = Buffer.from(image)
  for (let times = 1 + below(4); times > 0; times--) {
    const at = below(mutated.length + 1)
    const length = below(2) === 0 ? 1 : below(20)
    const [put, skip] = change(mutated, at, length, pieces, corpus, below)
    mutated = Buffer.concat([mutated.subarray(0, at), put, mutated.subarray(at + skip)])
  }
  return below(20) === 0 ? mutated.subarray(0, below(mutated.length)) : mutated
}

/** What to put at the place, and how many bytes it stands for. */
function change(
  image: Buffer,
  at: number,
  length: number,
  pieces: readonly Uint8Array[],
  corpus: readonly Uint8Array[],
  below: Below,
): [put: Uint8Array, skip: number] {
  const piece = pieces[below(pieces.length)]!
  const other = corpus[below(corpus.length)]!
  const from = below(other.length)
  switch (below(9)) {
    case 0:
      return [piece, 0]
    case 1:
      return [piece, length]
    case 2:
      return [Buffer.alloc(0), length]
    case 3:
      return [other.subarray(from, from + length), length]
    case 4:
      return [other.subarray(from, from + length * 4), 0]
    case 5:
      return [image.subarray(at, at + length), 0]
    case 6:
      return [Buffer.from([below(256)]), 1]
    case 7:
      return [Buffer.from([(image[at] ?? 0) + (below(2) === 0 ? 1 : 255)]), 1]
    default:
      return [Buffer.concat(Array.from({ length: below(below(10) === 0 ? 2000 : 20) }, () => piece)), 0]
  }
}
