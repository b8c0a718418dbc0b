import { createHash } from 'node:crypto'

/** A program in Lua that Redis runs with nothing else in between. */
export interface Script {
  readonly text: string
  readonly digest: string
}

function script(text: string): Script {
  return { text, digest: createHash('sha1').update(text).digest('hex') }
}

/** What the answers of the next two mean. */
export const results = ['absent', 'changed', 'done'] as const

/** Arguments: the expected value, the new one, and the milliseconds to keep it, '' for ever. */
export const replace = script(`
local image = redis.call('GET', KEYS[1])
if not image then return 0 end
if image ~= ARGV[1] then return 1 end
if ARGV[3] == '' then
  redis.call('SET', KEYS[1], ARGV[2])
elseif ARGV[3] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
end
return 2
`)

/** Argument: the expected value. */
export const removeIf = script(`
local image = redis.call('GET', KEYS[1])
if not image then return 0 end
if image ~= ARGV[1] then return 1 end
redis.call('DEL', KEYS[1])
return 2
`)

/** Answers whether there is such a record; PERSIST itself does not tell one without an expiry from none. */
export const persist = script(`
redis.call('PERSIST', KEYS[1])
return redis.call('EXISTS', KEYS[1])
`)
