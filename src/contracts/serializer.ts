import type { Image } from './driver.ts'

/**
 * A record laid out as one hash. Keys are the object's own enumerable keys; a key such as `__proto__` is a key like
 * any other, so write with `setKey` (or onto an object without prototype), and never read what is inherited.
 */
export type Hash = Record<string, unknown>

/** Hash to image and back. Both directions are synchronous and keep nothing of what they were given. */
export interface Serializer {
  /**
   * The image of this hash. Throws `FreezeError` rather than write something that would come back changed. A format
   * may leave out a property that is `undefined` (it reads as undefined again), write -0 as 0, and take a value's own
   * `toJSON` for what its author wants stored.
   */
  freeze(hash: Hash): Image

  /**
   * The hash in this image. Never runs anything in it. Throws `ThawError` for whatever is not a whole, valid image
   * of a hash; accepts what the Perl module of the same name wrote.
   */
  thaw(image: Image): Hash

  /**
   * The image of this hash, made faster by copying from an earlier one: `before` is an image that `thaw` has read, and
   * every key that `isUnchanged` says yes to has the value that it has there. Left out: `freeze` does it all.
   */
  refreeze?(hash: Hash, before: Image, isUnchanged: (key: string) => boolean): Image

  /**
   * Whether an image that `thaw` has read has a value under this key that `freeze` would write as it writes this one;
   * `undefined`: cannot tell. Left out: values are frozen when the program gets them, and compared later.
   */
  holds?(image: Image, key: string, value: unknown): boolean | undefined

  /**
   * For formats whose `freeze` does not notice everything that it loses or changes: throws `FreezeError` when there is
   * such a thing in this value. Called for each value that a program sets, before it is stored.
   */
  checkValue?(value: unknown): void
}
