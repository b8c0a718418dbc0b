// How many times as fast as Perl's own module a serializer is to be, at least; and which module that is.

const WIDE = 5

/** The first codec of perl-serializers.pl that is there is the one to compare with; further lists are further rows. */
export const PERL = {
  JSON: [['JSON::XS', 'JSON::PP']],
  YAML: [['YAML::Tiny']],
  DataDumper: [['Data::Dumper, Safe'], ['Data::Dumper, one Safe']],
  Storable: [['Storable freeze'], ['Storable nfreeze']],
  FreezeThaw: [['FreezeThaw']],
  Base64: [['Base64 of nfreeze']],
  UUEncode: [['uuencode of nfreeze']],
  Sybase: [['hex of nfreeze']],
}

const AIMS = {
  YAML: { freeze: WIDE, thaw: WIDE },
  DataDumper: { freeze: 1, thaw: 20 },
  Storable: { freeze: 1, thaw: 1 },
  FreezeThaw: { freeze: WIDE, thaw: WIDE },
}

/** Without an answer there is no aim. */
export function aimFor(serializer, direction) {
  return AIMS[serializer]?.[direction]
}
