/** The bytes that announce each item of a Storable image, by their names in Storable. */
export const SX = {
  OBJECT: 0,
  LSCALAR: 1,
  ARRAY: 2,
  HASH: 3,
  REF: 4,
  UNDEF: 5,
  INTEGER: 6,
  DOUBLE: 7,
  BYTE: 8,
  NETINT: 9,
  SCALAR: 10,
  TIED_ARRAY: 11,
  TIED_HASH: 12,
  TIED_SCALAR: 13,
  SV_UNDEF: 14,
  SV_YES: 15,
  SV_NO: 16,
  BLESS: 17,
  IX_BLESS: 18,
  HOOK: 19,
  OVERLOAD: 20,
  TIED_KEY: 21,
  TIED_IDX: 22,
  UTF8STR: 23,
  LUTF8STR: 24,
  FLAG_HASH: 25,
  CODE: 26,
  WEAKREF: 27,
  WEAKOVERLOAD: 28,
  VSTRING: 29,
  LVSTRING: 30,
  SVUNDEF_ELEM: 31,
  REGEXP: 32,
  LOBJECT: 33,
  /** From Storable 3.27 on, which older ones refuse: read, never written. */
  BOOLEAN_TRUE: 34,
  BOOLEAN_FALSE: 35,
} as const

/** Flags of a hash, and of its keys. */
export const hashFlag = { restricted: 1 } as const
export const keyFlag = { utf8: 1, wasUtf8: 2, locked: 4, isScalar: 8, placeholder: 16 } as const

/** Flags of an object that its class has frozen. */
export const hookFlag = {
  typeMask: 3,
  largeClass: 4,
  largeString: 8,
  largeList: 16,
  classIndex: 32,
  recurse: 64,
  list: 128,
} as const

/** What the object is, by the type in its flags; those behind the first three are tied, and say so in a byte more. */
export const hookKinds = [
  'scalar',
  'array',
  'hash',
  'tied',
  'tied scalar',
  'tied array',
  'tied hash',
] as const
export const tiedHook = 3

/** A pattern's length has four bytes instead of one. */
export const longPattern = 1

/** Up to here a length has one byte. */
export const shortLength = 255
/** Of the name and the number of a class, the bound is lower: the highest bit says that four bytes follow. */
export const shortClass = 127
export const longClass = 0x80
