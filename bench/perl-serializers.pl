#!/usr/bin/perl
# Real Perl's side of serializers.mjs: freezes and thaws the records that it is given, and times its own loops.
# A line of JSON in, a line of JSON out; see serializer-perl.mjs.
use strict;
use warnings;
use JSON::PP ();
use Time::HiRes ();

# How each module is called by Data::Session, CGI::Session and Apache::Session; what it needs comes first.
my %codecs = (
    'Storable freeze'  => [['Storable'], sub { Storable::freeze($_[0]) }, sub { Storable::thaw($_[0]) }],
    'Storable nfreeze' => [['Storable'], sub { Storable::nfreeze($_[0]) }, sub { Storable::thaw($_[0]) }],
    'JSON::XS'         => [['JSON::XS'], sub { JSON::XS::encode_json($_[0]) }, sub { JSON::XS::decode_json($_[0]) }],
    'JSON::PP'         => [['JSON::PP'], sub { JSON::PP::encode_json($_[0]) }, sub { JSON::PP::decode_json($_[0]) }],
    'FreezeThaw'       => [['FreezeThaw'], sub { FreezeThaw::freeze($_[0]) }, sub { (FreezeThaw::thaw($_[0]))[0] }],
    'YAML::Tiny'       => [['YAML::Tiny'], sub { YAML::Tiny::Dump($_[0]) }, sub { YAML::Tiny::Load($_[0]) }],
    'Base64 of nfreeze' => [
        ['Storable', 'MIME::Base64'],
        sub { MIME::Base64::encode_base64(Storable::nfreeze($_[0])) },
        sub { Storable::thaw(MIME::Base64::decode_base64($_[0])) },
    ],
    'uuencode of nfreeze' => [
        ['Storable'],
        sub { pack 'u', Storable::nfreeze($_[0]) },
        sub { Storable::thaw(unpack 'u', $_[0]) },
    ],
    'hex of nfreeze' => [
        ['Storable'],
        sub { unpack 'H*', Storable::nfreeze($_[0]) },
        sub { Storable::thaw(pack 'H*', $_[0]) },
    ],
    # What the session modules do: a new compartment for each record. And what would be fastest: one for all.
    'Data::Dumper, Safe' =>
        [['Data::Dumper', 'Safe'], \&dump_value, sub { evaluated(Safe->new->reval($_[0])) }],
    'Data::Dumper, one Safe' => [
        ['Data::Dumper', 'Safe'],
        \&dump_value,
        do { my $safe; sub { $safe ||= Safe->new; evaluated($safe->reval($_[0])) } },
    ],
);
# It counts characters, which takes forever in text that Perl keeps as UTF-8: it gets octets, in its favour.
my %takes_octets = (FreezeThaw => 1);
my $nothing = sub { };

my (@records, %hashes, %images);
my $decoder = eval { require JSON::XS; JSON::XS->new } || JSON::PP->new;
my $json = JSON::PP->new->ascii->canonical;
$| = 1;

say_json({ perl => sprintf('%vd', $^V), missing => { map { $_ => missing($codecs{$_}[0]) } keys %codecs } });
while (my $line = <STDIN>) {
    my $request = $decoder->decode($line);
    my $answer = eval { $request->{records} ? keep($request->{records}) : measure($request) };
    say_json($answer || { error => "$@" });
}

sub say_json { print $json->encode($_[0]), "\n" }

sub missing {
    my ($modules) = @_;
    for my $module (@$modules) {
        return "no $module here" if !eval "require $module; 1";
    }
    return undef;
}

sub keep {
    my ($texts) = @_;
    @records = @$texts;
    %hashes = %images = ();
    return {};
}

sub measure {
    my ($request) = @_;
    my ($codec, $direction, $count) = @$request{qw(codec direction count)};
    my (undef, $freeze, $thaw) = @{ $codecs{$codec} };
    # Each codec has its own copy: some modules leave traces in the values that they write.
    my $hashes = $hashes{$codec} ||= [map { plain($decoder->decode($_), $takes_octets{$codec}) } @records];
    return { seconds => seconds($freeze, $hashes, $count) } if $direction eq 'freeze';
    my $images = $images{$codec} ||= [map { $freeze->($_) } @$hashes];
    return { seconds => seconds($thaw, $images, $count) };
}

# The time that so many calls take, without that of the loop and of calling.
sub seconds {
    my ($step, $things, $count) = @_;
    my @taken;
    for my $code ($step, $nothing) {
        my $start = Time::HiRes::time();
        for my $call (1 .. $count) {
            my $result = $code->($things->[$call % @$things]);
        }
        push @taken, Time::HiRes::time() - $start;
    }
    return $taken[0] - $taken[1];
}

sub dump_value {
    my $dumper = Data::Dumper->new([$_[0]], ['D']);
    $dumper->Indent(0)->Purity(1)->Useqq(0)->Deepcopy(0)->Quotekeys(1)->Terse(0);
    return $dumper->Dump;
}

sub evaluated {
    my ($value) = @_;
    die $@ if $@;
    return $value;
}

# Booleans as a Perl program has them that never heard of JSON.
sub plain {
    my ($value, $octets) = @_;
    return { map { $_ => plain($value->{$_}, $octets) } keys %$value } if ref $value eq 'HASH';
    return [map { plain($_, $octets) } @$value] if ref $value eq 'ARRAY';
    return $value ? 1 : 0 if ref $value;
    # Numbers are left alone: to encode one would make text of it.
    utf8::encode($value) if $octets && utf8::is_utf8($value);
    return $value;
}
