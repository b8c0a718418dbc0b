package PerlNotation;
# A Perl value as nested lists that both languages make alike, and a value from such lists: see notation.ts.
use strict;
use warnings;
use feature 'refaliasing';
no warnings qw(recursion surrogate non_unicode nonchar experimental::refaliasing);
no if $] >= 5.036, warnings => 'experimental::builtin';
use B ();
use Hash::Util ();
use re ();
use Scalar::Util qw(blessed isweak refaddr reftype weaken);

# Numbers as Data::Dumper writes them: quoted when they are doubles, or longer than ten characters.
our $as_dumped = 0;

my $is_boolean = defined &builtin::is_bool ? \&builtin::is_bool : sub { 0 };
# The one object that a JSON module has for true, and that for false: address => 1 or 0.
our %json_boolean;

# Text is its code points.
sub text { join ' ', unpack 'W*', $_[0] }

sub string { pack 'W*', split / /, $_[0] }

# --- a value in the notation

sub notation {
    my %state = (home => {}, path => {}, number => {}, count => 0);
    locate($_[0], 'D', \%state);
    return describe($_[0], \%state);
}

# Perl sorts by code points.
sub ordered { sort keys %{ $_[0] } }

# Where every element lives, so that references to elements and elements in common can be told from others.
sub locate {
    my ($value, $path, $state) = @_;
    return if !ref $value || defined $state->{path}{ refaddr $value };
    $state->{path}{ refaddr $value } = $path;
    my $type = reftype $value;
    if ($type eq 'HASH' && !tied %$value) {
        for my $key (ordered($value)) {
            $state->{home}{ refaddr \$value->{$key} } //= [$path, text($key)];
            locate($value->{$key}, "$path\{" . text($key) . '}', $state);
        }
    }
    elsif ($type eq 'ARRAY' && !tied @$value) {
        for my $index (grep { exists $value->[$_] } 0 .. $#$value) {
            $state->{home}{ refaddr \$value->[$index] } //= [$path, "$index"];
            locate($value->[$index], "$path\[$index]", $state);
        }
    }
    elsif (is_scalar_reference($type)) {
        locate($$value, "$path\$", $state) if !tied $$value;
    }
}

sub is_scalar_reference { $_[0] =~ /^(?:SCALAR|REF|VSTRING)$/ }

# The first argument is the scalar itself, for a copy of a weak reference is not weak.
sub describe {
    return ['tied scalar', describe(tied $_[0], $_[1])] if tied $_[0];
    my ($value, $state) = @_;
    return scalar_notation($_[0]) if !ref $value;
    my $reference = reference_notation($value, $state);
    return isweak($_[0]) ? ['weak', $reference] : $reference;
}

sub describe_element {
    my ($slot, $state, $path, $key) = @_;
    my $home = $state->{home}{ refaddr $slot };
    return ['alias', @$home] if $home->[0] ne $path || $home->[1] ne $key;
    return describe($$slot, $state);
}

sub reference_notation {
    my ($value, $state) = @_;
    my $address = refaddr $value;
    return ['jsonbool', $json_boolean{$address}] if defined $json_boolean{$address};
    my $class = blessed $value;
    my $type = reftype $value;
    undef $class if defined $class && ($class eq 'Regexp' || $class =~ /^Safe::Root\d+::Regexp$/);
    if (is_scalar_reference($type) && $state->{home}{$address}) {
        my $reference = ['element', @{ $state->{home}{$address} }];
        return defined $class ? ['object', text($class), $reference] : $reference;
    }
    return ['globref', glob_notation($$value)] if $type eq 'GLOB' && !defined $class;
    my $known = $state->{number}{$address};
    return ['same', $known] if defined $known;
    my $number = $state->{count}++;
    # All references to Perl's own undef are the same, as are those that Data::Dumper writes as \undef.
    $state->{number}{$address} = $number if $address != refaddr \undef;
    my $inner =
          $type eq 'HASH'   ? hash_notation($value, $number, $state)
        : $type eq 'ARRAY'  ? array_notation($value, $number, $state)
        : $type eq 'REGEXP' ? ['regexp', $number, regexp_notation($value)]
        : $type eq 'CODE'   ? ['code', $number]
        : $type eq 'GLOB'   ? ['ref', $number, glob_notation($$value)]
        :                     ['ref', $number, describe($$value, $state)];
    return defined $class ? ['object', text($class), $inner] : $inner;
}

sub hash_notation {
    my ($hash, $number, $state) = @_;
    return ['tied hash', $number, describe(tied %$hash, $state)] if tied %$hash;
    my $path = $state->{path}{ refaddr $hash };
    my @pairs = map { [text($_), describe_element(\$hash->{$_}, $state, $path, text($_))] } ordered($hash);
    return ['hash', $number, \@pairs] if !Internals::SvREADONLY(%$hash);
    my @readonly = map { text($_) } grep { Internals::SvREADONLY($hash->{$_}) } ordered($hash);
    my @allowed = map { text($_) } ordered({ map { $_ => 1 } Hash::Util::hidden_keys(%$hash) });
    return ['locked hash', $number, \@pairs, \@readonly, \@allowed];
}

sub array_notation {
    my ($array, $number, $state) = @_;
    return ['tied array', $number, describe(tied @$array, $state)] if tied @$array;
    my $path = $state->{path}{ refaddr $array };
    my @elements = map { exists $array->[$_] ? describe_element(\$array->[$_], $state, $path, $_) : ['hole'] } 0 .. $#$array;
    return ['array', $number, \@elements];
}

sub regexp_notation {
    my ($pattern, $flags) = re::regexp_pattern($_[0]);
    return (text($pattern), $flags);
}

sub glob_notation {
    my $name = "$_[0]";
    # A Safe that is gone leaves its package without a name.
    $name =~ s{^\*(?:Safe::Root\d+::|__ANON__::|main::)?(?:main)?(?:::)?}{};
    return ['glob', text($name)];
}

sub glob_named {
    my ($name) = @_;
    no strict 'refs';
    return \*{ $name =~ /::/ ? $name : "main::$name" };
}

sub scalar_notation {
    my $sv = B::svref_2object(\$_[0]);
    my ($value) = @_;
    return ['undef'] if !defined $value;
    return glob_notation($value) if ref \$value eq 'GLOB';
    return ['vstring', vstring_literal($sv), text($value)] if ref \$value eq 'VSTRING';
    return ['boolean', $value ? 1 : 0] if $is_boolean->($value);
    my $flags = $sv->FLAGS;
    return ['string', text($value)] if $flags & B::SVf_POK;
    return ['string', text("$value")] if $as_dumped && ($flags & B::SVf_NOK || length $value > 10);
    return ['integer', "$value"] if $flags & B::SVf_IOK;
    return ['double', $value != $value ? '7ff8000000000000' : unpack 'H16', pack 'd>', $value];
}

# What stood in the program: `v1.2` and `1.2` are not the same to Data::Dumper and Storable.
sub vstring_literal {
    my ($sv) = @_;
    for (my $magic = $sv->MAGIC; $magic; $magic = $magic->MOREMAGIC) {
        return $magic->PTR if $magic->TYPE eq 'V';
    }
    return '';
}

# --- a value from the notation

sub build {
    my ($top) = @_;
    my $state = { made => [], at => {}, later => [], locked => [], weak => [] };
    my $value;
    make($top, 'D', $state, \$value);
    $_->() for @{ $state->{later} };
    # Last of all, when something else holds what they point to.
    weaken($$_) for @{ $state->{weak} };
    $_->() for @{ $state->{locked} };
    return $value;
}

# Puts the value into the slot, which is a reference to a scalar.
sub make {
    my ($node, $path, $state, $slot, $class) = @_;
    my ($kind, @rest) = @$node;
    if ($kind eq 'undef') { $$slot = undef }
    elsif ($kind eq 'string')  { $$slot = string($rest[0]) }
    elsif ($kind eq 'integer') { $$slot = 0 + $rest[0] }
    elsif ($kind eq 'double')  { $$slot = unpack 'd>', pack 'H16', $rest[0] }
    elsif ($kind eq 'boolean') { $$slot = !!$rest[0] }
    elsif ($kind eq 'vstring') { $$slot = eval $rest[0] }
    elsif ($kind eq 'glob')    { $$slot = *{ glob_named(string($rest[0])) } }
    elsif ($kind eq 'globref') { $$slot = glob_named(string($rest[0][1])) }
    elsif ($kind eq 'jsonbool') { $$slot = $rest[0] ? JSON::PP::true() : JSON::PP::false() }
    elsif ($kind eq 'same')    { $$slot = $state->{made}[ $rest[0] ] }
    elsif ($kind eq 'object')  { make($rest[1], $path, $state, $slot, string($rest[0])) }
    elsif ($kind eq 'element') {
        push @{ $state->{later} }, sub {
            my $reference = element(@rest, $state);
            $$slot = defined $class ? bless $reference, $class : $reference;
        };
    }
    elsif ($kind eq 'weak') {
        make($rest[0], $path, $state, $slot);
        push @{ $state->{weak} }, $slot;
    }
    else { $$slot = reference($node, $path, $state, $class) }
}

sub element {
    my ($path, $key, $state) = @_;
    my $container = $state->{at}{$path} // die "nothing at $path";
    return reftype $container eq 'HASH' ? \$container->{ string($key) } : \$container->[$key];
}

sub reference {
    my ($node, $path, $state, $class) = @_;
    my ($kind, $number, @rest) = @$node;
    my $made = $state->{made};
    if ($kind eq 'hash' || $kind eq 'locked hash') {
        my $hash = $made->[$number] = $state->{at}{$path} = {};
        bless $hash, $class if defined $class;
        for my $pair (@{ $rest[0] }) {
            my ($key, $element) = (string($pair->[0]), $pair->[1]);
            if ($element->[0] ne 'alias') { make($element, "$path\{$pair->[0]}", $state, \$hash->{$key}) }
            else { push @{ $state->{later} }, sub { \$hash->{$key} = element(@$element[1, 2], $state) } }
        }
        push @{ $state->{locked} }, sub { lock_hash($hash, @rest[1, 2]) } if $kind eq 'locked hash';
        return $hash;
    }
    if ($kind eq 'array') {
        my $array = $made->[$number] = $state->{at}{$path} = [];
        bless $array, $class if defined $class;
        $#$array = $#{ $rest[0] };
        for my $index (0 .. $#{ $rest[0] }) {
            my $element = $rest[0][$index];
            next if $element->[0] eq 'hole';
            if ($element->[0] ne 'alias') { make($element, "$path\[$index]", $state, \$array->[$index]) }
            else { push @{ $state->{later} }, sub { \$array->[$index] = element(@$element[1, 2], $state) } }
        }
        return $array;
    }
    my $reference;
    if ($kind eq 'regexp') {
        my $pattern = string($rest[0]);
        my $flags = $rest[1] =~ s/u//r;
        $reference = eval "qr/\$pattern/$flags" or die $@;
    }
    elsif ($kind eq 'code') {
        $reference = sub { $number };
    }
    elsif ($kind eq 'ref' && $rest[0][0] eq 'glob') {
        $reference = glob_named(string($rest[0][1]));
    }
    elsif ($kind eq 'ref') {
        my $scalar;
        $reference = $made->[$number] = \$scalar;
        make($rest[0], "$path\$", $state, \$scalar);
    }
    else { die "cannot build $kind" }
    $made->[$number] = $reference;
    return defined $class ? bless $reference, $class : $reference;
}

sub lock_hash {
    my ($hash, $readonly, $allowed) = @_;
    Hash::Util::lock_ref_keys($hash, keys %$hash, map { string($_) } @$allowed);
    Internals::SvREADONLY($hash->{ string($_) }, 1) for @$readonly;
}

1;
