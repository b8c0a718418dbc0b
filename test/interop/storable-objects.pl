# Values that only Storable carries, made by Perl itself. Without arguments it writes their images, a line each:
# name, how it was stored, base64. With `compare` it reads such lines of images that were written again and says for
# each whether Perl gets the same from both: types, code points, flags, classes, sharing, locks, ties.
use strict;
use warnings;
no warnings qw(once recursion);
use utf8;
use B ();
use File::Temp ();
use Hash::Util qw(legal_ref_keys lock_hash lock_keys lock_value);
use JSON::PP ();
use Math::BigFloat;
use Math::BigInt;
use MIME::Base64 qw(decode_base64 encode_base64);
use Scalar::Util qw(blessed dualvar isweak refaddr reftype weaken);
use Storable ();
use Tie::Array;
use Tie::Hash;
use Tie::Scalar;
use re qw(is_regexp regexp_pattern);

$Storable::Deparse = $Storable::Eval = $Storable::canonical = 1;

BEGIN {
    package Overloaded;
    use overload '""' => sub { "no. $_[0]{n}" }, fallback => 1;
    $INC{'Overloaded.pm'} = 1;

    package Hooked::Hash;
    $INC{'Hooked/Hash.pm'} = 1;
    sub STORABLE_freeze {
        my ($self) = @_;
        return ("keys " . keys %$self, grep { ref } map { $self->{$_} } sort keys %$self);
    }
    sub STORABLE_thaw { my ($self, $cloning, $frozen, @refs) = @_; %$self = (frozen => $frozen, refs => \@refs) }

    package Hooked::Array;
    $INC{'Hooked/Array.pm'} = 1;
    sub STORABLE_freeze { my ($self) = @_; return join '|', @$self }
    sub STORABLE_thaw { my ($self, $cloning, $frozen) = @_; @$self = split /\|/, $frozen }

    package Hooked::Scalar;
    $INC{'Hooked/Scalar.pm'} = 1;
    sub STORABLE_freeze { my ($self) = @_; return $$self }
    sub STORABLE_thaw { my ($self, $cloning, $frozen) = @_; $$self = $frozen }

    package Attached;
    $INC{'Attached.pm'} = 1;
    sub STORABLE_freeze { my ($self) = @_; return "k=$self->{k}" }
    sub STORABLE_attach { my ($class, $cloning, $frozen) = @_; return bless { k => substr $frozen, 2 }, $class }
}

my @values;
sub value { my ($name, $value) = @_; push @values, [$name, $value] }
sub elements { return \@_ }

value(integers => [0, -1, 127, 128, -128, -129, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**53, 2**53 + 1,
    9223372036854775807, -9223372036854775807 - 1, 18446744073709551615]);
value(doubles => [0.1, 1e300, -1.5e-300, 9**9**9, -9**9**9, 1e15, 1e16, 2**63, 2**64, 5e-324]);
{
    my $flagged = "\xe9";
    utf8::upgrade($flagged);
    no warnings;
    value(strings => ['', 'a', "\0", 'x' x 255, 'x' x 256, "\xe9", $flagged, "\x{263a}", "\x{263a}" x 100,
        "\x{10ffff}", "\x{110000}\x{d800}", chr(0x7fffffff), chr(2**40), '123', '1e5']);
    value(keys => { map { $_ => 1 } '', "\0", "\xe9", "\x{263a}", 'a' x 300, '__proto__', 'constructor', 1, '01' });
    value(flagged_key => { $flagged => 1 });
}
value(dual => [dualvar(5, 'five'), dualvar(0.5, '')]);
value(booleans => [!!1, !!0, 1, 0, '1', '', JSON::PP::true(), JSON::PP::false(), JSON::PP::true()]);
{
    my @holes;
    @holes[2, 5] = (undef, 1);
    my @cut = (1, 2);
    $#cut = 4;
    value(holes => [\@holes, \@cut, [], {}]);
}
{
    my $text = 's';
    value(references => [\$text, \$text, \\$text, \\\'deep', [\$text]]);
    my @list = (1, 2, 3);
    my %hash = (k => [1]);
    value(to_elements => { a => \$list[1], list => \@list, z => \$list[1], in => \$hash{k}, h => \%hash, r => \\$hash{k} });
    value(elements_first => [\@list, \$list[2], \%hash, \$hash{k}]);
    my $aliases = sub { \@_ }->($list[0], $list[0], $list[1]);
    value(aliases => { aliases => $aliases, list => \@list, reference => \$list[1] });
}
{
    my $own;
    $own = \$own;
    my $list = [];
    push @$list, $list, \$list->[0];
    value(cycles => [$own, $list]);
    my $parent = { name => 'p' };
    my $child = { parent => $parent };
    $parent->{children} = [$child];
    weaken $child->{parent};
    my $object = bless { n => 3 }, 'Overloaded';
    my @objects = ($object, $object);
    weaken $objects[1];
    my $inner = $parent;
    weaken $inner;
    value(weak => { parent => $parent, objects => \@objects, to => \$inner });
}
{
    my %keys = (a => 1, b => [2]);
    lock_keys(%keys);
    my %hash = (a => 1, b => { x => 1 });
    lock_hash(%hash);
    my %allowed = (a => 1, b => 2);
    lock_keys(%allowed, qw(a b c d));
    my %deleted = (a => 1, b => 2);
    lock_keys(%deleted);
    delete $deleted{a};
    my %wide = ("\x{263a}" => 1, a => 2);
    lock_keys(%wide, "\x{263a}", 'a', "\x{263b}");
    lock_value(%wide, 'a');
    value(locked => [\%keys, \%hash, \%allowed, \%deleted, \%wide]);
}
{
    my $scalar = 's';
    my $shared = bless {}, 'Shared';
    my @list = (1, 2);
    my $element = bless \$list[0], 'Element';
    my $cyclic = bless [], 'Cyclic';
    push @$cyclic, $cyclic;
    value(objects => [bless({}, 'A'), bless([], 'A'), bless(\$scalar, 'A'), bless(\\'r', 'A'), bless(qr/x/i, 'A'),
        bless({}, 'B' x 200), bless({}, "K\x{e9}"), $shared, $shared, \$shared, $cyclic, bless(\(my $undef), 'U')]);
    value(object_element => [\@list, $element]);
    value(object_element_first => [$element, \@list, $element]);
    value(overloaded => [bless({ n => 1 }, 'Overloaded'), Math::BigInt->new('9' x 30), Math::BigFloat->new('1.5')]);
    value(classes => { map { ("k$_" => bless { i => $_ }, 'C' . $_ % 200) } 1 .. 600 });
}
{
    my $shared = [1];
    my $hook = bless { s => $shared, t => \'text' }, 'Hooked::Hash';
    my $top = { hook => $hook, again => $hook, shared => $shared };
    $top->{inner} = bless { hook => $hook, up => $top }, 'Hooked::Hash';
    value(hooks => $top);
    value(hook_kinds => [bless([1, 2], 'Hooked::Array'), bless(\(my $s = 'x' x 300), 'Hooked::Scalar'),
        bless({ k => 5 }, 'Attached'), bless({ map { $_ => [$_] } 1 .. 300 }, 'Hooked::Hash')]);
    value(many_hooks => [map { bless { n => $_, r => [$_] }, 'Hooked::Hash' } 1 .. 300]);
}
value(patterns => [qr/a/, qr/b/msix, qr/\x{263a}/, qr/\xe9/, qr/é/, qr/x{2}$/, qr{/}, qr/n/n, qr/a/a, qr/a/aa, qr/u/u,
    qr/l/l, qr/p/p, qr/@{['x' x 300]}/, qr//, qr/a b/xx]);
value(versions => [v1.2.3, v65, 1.22.333, v300.1, \v5.6, v0]);
value(code => [sub { 42 }]);
{
    tie my %hash, 'Tie::StdHash';
    %hash = (a => 1, b => [2]);
    tie my @array, 'Tie::StdArray';
    @array = (1, 2);
    tie my $scalar, 'Tie::StdScalar';
    $scalar = 'tied';
    my %holder = (x => 1);
    tie $holder{s}, 'Tie::StdScalar';
    $holder{s} = 5;
    value(tied => [\%hash, \@array, \$scalar, \$hash{a}, \$array[1], \%holder]);
}
{
    my $deep = [];
    my $end = $deep;
    for (1 .. 300) { my $next = []; push @$end, $next; $end = $next }
    my $reference = 'x';
    for (1 .. 100) { my $copy = $reference; $reference = \$copy }
    value(deep => [$deep, $reference]);
    value(long => [1 .. 70_000]);
}

my %ways = (
    freeze => \&Storable::freeze,
    nfreeze => \&Storable::nfreeze,
    store => sub { file_image(\&Storable::store, $_[0]) },
    nstore => sub { file_image(\&Storable::nstore, $_[0]) },
);

my %images;
for my $value (@values) {
    for my $way (sort keys %ways) {
        my $image = $images{"$value->[0] $way"} = $ways{$way}->({ v => $value->[1] });
        print "$value->[0] $way ", encode_base64($image, ''), "\n" if !@ARGV;
    }
}
exit if !@ARGV;

while (my $line = <STDIN>) {
    my ($name, $way, $base64) = split ' ', $line;
    my $before = description(load($images{"$name $way"}));
    my $after = eval { description(load(decode_base64($base64))) } // "error: $@";
    print "$name $way ", $before eq $after ? 'same' : difference($before, $after), "\n";
}

sub file_image {
    my ($store, $value) = @_;
    my $file = File::Temp->new;
    $store->($value, "$file");
    open my $in, '<:raw', "$file" or die $!;
    local $/;
    return scalar <$in>;
}

sub load {
    my ($image) = @_;
    return Storable::thaw($image) if $image !~ /^pst0/;
    my $file = File::Temp->new;
    binmode $file;
    print $file $image;
    close $file;
    return Storable::retrieve("$file");
}

sub difference {
    my ($x, $y) = @_;
    my $at = 0;
    $at++ while $at < length $x && substr($x, $at, 1) eq substr($y, $at, 1);
    $at = $at > 40 ? $at - 40 : 0;
    return (substr($x, $at, 120) . ' BUT ' . substr $y, $at, 120) =~ s/\s+/ /gr;
}

my %number;
sub description { %number = (); return referent($_[0]) }

sub points { return join '.', map { ord } split //, $_[0] }

sub again {
    my ($reference) = @_;
    my $address = refaddr $reference;
    return "again$number{$address}" if exists $number{$address};
    $number{$address} = keys %number;
    return undef;
}

sub referent {
    my ($reference) = @_;
    my $type = reftype $reference;
    my $class = defined blessed $reference ? '[' . blessed($reference) . ']' : '';
    return $class . '\\' . scalar_of($reference) if $type !~ /^(?:HASH|ARRAY|REGEXP|CODE)$/ && !is_regexp($reference);
    my $again = again($reference);
    return $again if defined $again;
    if (is_regexp($reference)) {
        my ($pattern, $flags) = regexp_pattern($reference);
        return "${class}qr<" . points($pattern) . ">$flags";
    }
    return "${class}code" . $reference->() if $type eq 'CODE';
    if ($type eq 'HASH') {
        if (my $object = tied %$reference) { return "${class}tied(" . referent($object) . ')' }
        my $locked = '';
        if (Internals::SvREADONLY(%$reference)) {
            my @legal = map { points($_) } legal_ref_keys($reference);
            $locked = 'locked<' . join(' ', sort @legal) . '>';
        }
        my @pairs = map { points($_) . '=>' . scalar_of(\$reference->{$_}) } sort keys %$reference;
        return "$class$locked\{" . join(';', @pairs) . '}';
    }
    if (my $object = tied @$reference) { return "${class}tied(" . referent($object) . ')' }
    my @items = map { exists $reference->[$_] ? scalar_of(\$reference->[$_]) : 'hole' } 0 .. $#$reference;
    return "$class\[" . join(';', @items) . ']';
}

sub scalar_of {
    my ($reference) = @_;
    my $again = again($reference);
    return $again if defined $again;
    my $marks = Internals::SvREADONLY($$reference) ? 'readonly ' : '';
    $marks .= '[' . blessed($reference) . ']' if defined blessed $reference;
    if (my $object = tied $$reference) { return "${marks}tied(" . referent($object) . ')' }
    my $value = $$reference;
    return $marks . (isweak($$reference) ? 'weak ' : '') . referent($value) if ref $value;
    return "${marks}undef" if !defined $value;
    return "${marks}version" . sprintf '%vd', $value if ref \$value eq 'VSTRING';
    my $flags = B::svref_2object($reference)->FLAGS;
    if ($flags & B::SVf_POK()) {
        my $is_text = utf8::is_utf8($value) && $value =~ /[^\x00-\x7f]/;
        return $marks . ($is_text ? 'text' : 'bytes') . points($value);
    }
    return "${marks}integer$value" if $flags & B::SVf_IOK();
    return "${marks}double" . unpack 'H*', pack 'd>', $value;
}
