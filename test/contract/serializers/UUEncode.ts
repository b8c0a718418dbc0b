import { uuencode } from '../../../src/perl/storable/uuencode.ts'
import { storableSetups } from '../storable-setup.ts'

export const setups = storableSetups('UUEncode', uuencode)
