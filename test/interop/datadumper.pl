#!/usr/bin/perl
# Reads and writes Data::Dumper images as Data::Session does, for datadumper.test.ts.
# A line of JSON in, a line of JSON out. Values go in the notation of datadumper-notation.ts.
use strict;
use warnings;
no warnings qw(recursion surrogate non_unicode nonchar);
use B ();
use Data::Dumper ();
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);
use re ();
use Safe ();
use Scalar::Util qw(blessed refaddr reftype);

my $json = JSON::PP->new->ascii->canonical->max_depth(10_000);
my $safe = Safe->new;
$| = 1;

while (my $line = <STDIN>) {
    my $request = $json->decode($line);
    my $answer = eval { $request->{image} ? reading($request) : writing($request) };
    print $json->encode($answer // { error => "$@" }), "\n";
}

# { image } -> { value }: what Data::Session's thaw returns.
sub reading {
    my ($request) = @_;
    return { value => notation(thaw(decode_base64($request->{image}))) };
}

# { value, settings } -> { image, reread: what Perl gets from the image, original: what it was made from }.
# In `original` numbers are what Data::Dumper makes of them: quoted when they are longer than ten characters.
our $as_dumped = 0;

sub writing {
    my ($request) = @_;
    my $value = build($request->{value});
    my $dumper = Data::Dumper->new([$value], ['D']);
    $dumper->Indent(0)->Purity(1)->Useqq(0)->Deepcopy(0)->Quotekeys(1)->Terse(0);
    my $settings = $request->{settings};
    $dumper->$_($settings->{$_}) for sort keys %$settings;
    local $SIG{__WARN__} = sub { };
    my $image = $dumper->Dump;
    my $reread = eval { notation(thaw($settings->{Terse} ? "\$D = $image" : $image)) };
    local $as_dumped = 1;
    return { image => encode_base64($image, ''), original => notation($value), reread => $reread };
}

sub thaw {
    my ($image) = @_;
    utf8::downgrade($image);
    my $value = $safe->reval($image =~ /;\$D$/ ? $image : "$image;\$D");
    die $@ if $@;
    return $value;
}

# --- a value in the notation

sub text { join ' ', map { ord } split //, $_[0] }

sub notation {
    my ($top) = @_;
    my (%home, %path);
    locate($top, 'D', \%home, \%path);
    my %number;
    return describe($top, { home => \%home, path => \%path, number => \%number });
}

sub ordered { sort { text_order($a, $b) } keys %{ $_[0] } }

sub text_order {
    my ($x, $y) = @_;
    return join('', map { sprintf '%08x', ord } split //, $x) cmp join('', map { sprintf '%08x', ord } split //, $y);
}

# Where every element lives, so that references to elements can be told from others.
sub locate {
    my ($value, $path, $home, $seen) = @_;
    return if !ref $value || $seen->{ refaddr $value };
    $seen->{ refaddr $value } = $path;
    my $type = reftype $value;
    if ($type eq 'HASH') {
        for my $key (ordered($value)) {
            $home->{ refaddr \$value->{$key} } = [$path, text($key)];
            locate($value->{$key}, "$path\{" . text($key) . '}', $home, $seen);
        }
    }
    elsif ($type eq 'ARRAY') {
        for my $index (0 .. $#$value) {
            $home->{ refaddr \$value->[$index] } = [$path, $index];
            locate($value->[$index], "$path\[$index]", $home, $seen);
        }
    }
    elsif (is_scalar_reference($type)) {
        locate($$value, "$path\$", $home, $seen);
    }
}

sub is_scalar_reference { $_[0] =~ /^(?:SCALAR|REF|VSTRING)$/ }

sub describe {
    my ($value, $state) = @_;
    return scalar_notation($value) if !ref $value;
    my $class = blessed $value;
    my $type = reftype $value;
    my $address = refaddr $value;
    undef $class if defined $class && ($class eq 'Regexp' || $class =~ /^Safe::Root\d+::Regexp$/);
    if (is_scalar_reference($type) && $state->{home}{$address}) {
        my $reference = ['element', @{ $state->{home}{$address} }];
        return defined $class ? ['object', text($class), $reference] : $reference;
    }
    return ['globref', glob_notation($$value)] if $type eq 'GLOB' && !defined $class;
    my $known = $state->{number}{$address};
    return ['same', $known] if defined $known;
    my $number = $state->{number}{$address} = keys %{ $state->{number} };
    my $inner =
          $type eq 'HASH'  ? ['hash', $number, [map { [text($_), describe($value->{$_}, $state)] } ordered($value)]]
        : $type eq 'ARRAY' ? ['array', $number, [map { describe($_, $state) } @$value]]
        : $type eq 'REGEXP' ? ['regexp', $number, regexp_notation($value)]
        : $type eq 'CODE'   ? ['code', $number]
        : $type eq 'GLOB'   ? ['ref', $number, glob_notation($$value)]
        :                     ['ref', $number, describe($$value, $state)];
    return defined $class ? ['object', text($class), $inner] : $inner;
}

sub regexp_notation {
    my ($pattern, $flags) = re::regexp_pattern($_[0]);
    return (text($pattern), $flags);
}

sub glob_notation {
    my $name = "$_[0]";
    $name =~ s{^\*(?:Safe::Root\d+::|main::)?(?:main)?(?:::)?}{};
    return ['glob', text($name)];
}

sub scalar_notation {
    my ($value) = @_;
    return ['undef'] if !defined $value;
    return glob_notation($value) if ref \$value eq 'GLOB';
    return ['vstring', sprintf '%vd', $value] if ref \$value eq 'VSTRING';
    my $flags = B::svref_2object(\$value)->FLAGS;
    return ['string', text($value)] if $flags & B::SVf_POK;
    return ['string', text("$value")] if $as_dumped && ($flags & B::SVf_NOK || length $value > 10);
    return ['integer', "$value"] if $flags & B::SVf_IOK;
    return ['double', unpack 'H16', pack 'd>', $value];
}

# --- a value from the notation

sub string { my ($codes) = @_; my $text = join '', map { chr } split / /, $codes; return $text }

sub build {
    my ($top) = @_;
    my (@made, %at, @elements);
    my $value = make($top, 'D', \@made, \%at, \@elements);
    for my $element (@elements) {
        my ($set, $path, $key) = @$element;
        my $container = $at{$path};
        $set->(reftype $container eq 'HASH' ? \$container->{ string($key) } : \$container->[$key]);
    }
    return $value;
}

sub make {
    my ($node, $path, $made, $at, $elements, $slot, $class) = @_;
    my ($kind, @rest) = @$node;
    return undef if $kind eq 'undef';
    return string($rest[0]) if $kind eq 'string';
    return 0 + $rest[0] if $kind eq 'integer';
    return unpack 'd>', pack 'H16', $rest[0] if $kind eq 'double';
    return eval "v$rest[0]" if $kind eq 'vstring';
    if ($kind eq 'glob') { no strict 'refs'; return *{ string($rest[0]) } }
    if ($kind eq 'globref') { no strict 'refs'; return \*{ string($rest[0][1]) } }
    return $made->[$rest[0]] if $kind eq 'same';
    if ($kind eq 'element') {
        push @$elements, [sub { $$slot = defined $class ? bless $_[0], $class : $_[0] }, @rest];
        return undef;
    }
    return make($rest[1], $path, $made, $at, $elements, $slot, string($rest[0])) if $kind eq 'object';
    my $number = $rest[0];
    if ($kind eq 'hash') {
        my $hash = $made->[$number] = $at->{$path} = {};
        bless $hash, $class if defined $class;
        for my $pair (@{ $rest[1] }) {
            my $slot = \$hash->{ string($pair->[0]) };
            $$slot = make($pair->[1], "$path\{$pair->[0]}", $made, $at, $elements, $slot);
        }
        return $hash;
    }
    if ($kind eq 'array') {
        my $array = $made->[$number] = $at->{$path} = [];
        bless $array, $class if defined $class;
        $#$array = $#{ $rest[1] };
        for my $index (0 .. $#{ $rest[1] }) {
            my $slot = \$array->[$index];
            $$slot = make($rest[1][$index], "$path\[$index]", $made, $at, $elements, $slot);
        }
        return $array;
    }
    my $reference;
    if ($kind eq 'regexp') {
        my $pattern = string($rest[1]);
        my $flags = $rest[2] =~ s/u//r;
        $reference = eval "qr/\$pattern/$flags" or die $@;
    }
    elsif ($kind eq 'code') {
        $reference = sub { $number };
    }
    elsif ($rest[1][0] eq 'glob') {
        no strict 'refs';
        $reference = \*{ string($rest[1][1]) };
    }
    else {
        my $scalar;
        $reference = $made->[$number] = \$scalar;
        $scalar = make($rest[1], "$path\$", $made, $at, $elements, \$scalar);
    }
    $made->[$number] = $reference;
    return defined $class ? bless $reference, $class : $reference;
}
