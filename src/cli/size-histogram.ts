/** So many sizes have a place of their own; above, a place holds what is alike to one part in a thousand. */
const exact = 2048
const steps = exact / 2

/** How often each size occurs, in memory that does not grow with how many there are. */
export class SizeHistogram {
  readonly #counts: number[] = []
  count = 0
  total = 0
  min = Infinity
  max = 0

  add(size: number): void {
    this.count++
    this.total += size
    this.min = Math.min(this.min, size)
    this.max = Math.max(this.max, size)
    const place = placeOf(size)
    this.#counts[place] = (this.#counts[place] ?? 0) + 1
  }

  /** The size that half of all do not exceed; 0 if there are none. */
  get median(): number {
    let seen = 0
    for (const [place, count] of this.#counts.entries()) {
      seen += count ?? 0
      // Of a place for several sizes, the last one may be more than there is.
      if (seen * 2 >= this.count && seen > 0) return Math.min(sizeAt(place), this.max)
    }
    return 0
  }
}

function placeOf(size: number): number {
  if (size < exact) return size
  const power = Math.floor(Math.log2(size / steps))
  return exact + (power - 1) * steps + Math.floor(size / 2 ** power) - steps
}

/** The largest size that has this place. */
function sizeAt(place: number): number {
  if (place < exact) return place
  const power = Math.floor((place - exact) / steps) + 1
  const start = ((place - exact) % steps) + steps
  return (start + 1) * 2 ** power - 1
}
