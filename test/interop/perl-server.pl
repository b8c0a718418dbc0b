#!/usr/bin/perl
# Reads and writes images with Perl's own modules, for perl.ts. The arguments are formats; the first line of output
# names those of which the module is here. Then a line of JSON in, a line of JSON out.
#
#   { image, format }           -> { value }
#   { value, format, settings } -> { image, original, dumped, reread or unreadable }
#   [request, ...]              -> [answer, ...]
#
# `value`, `original` (what the image was made of), `dumped` (the same with numbers as Data::Dumper writes them) and
# `reread` (what Perl gets from the image) are in the notation of notation.ts, an image is in base64. `settings` are
# those of Data::Dumper. Whatever fails answers { error }.
use strict;
use warnings;
no warnings 'once';
use FindBin ();
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);

require "$FindBin::Bin/perl-$_.pm" for qw(notation formats classes);

my $json = (eval { require JSON::XS; 'JSON::XS' } // 'JSON::PP')->new->ascii->max_depth(10_000);
$| = 1;
print join(' ', grep { PerlFormats::load($_) } @ARGV), "\n";

while (my $line = <STDIN>) {
    my $request = $json->decode($line);
    my $answer = ref $request eq 'ARRAY' ? [map { answer($_) } @$request] : answer($request);
    print $json->encode($answer), "\n";
}

sub answer {
    my ($request) = @_;
    local %PerlNotation::json_boolean = %{ PerlFormats::json_booleans($request->{format}) };
    my $answer = eval { defined $request->{image} ? reading($request) : writing($request) };
    return $answer // { error => reason() };
}

sub reading {
    my ($request) = @_;
    my $value = PerlFormats::thaw($request->{format}, decode_base64($request->{image}));
    return { value => PerlNotation::notation($value) };
}

sub writing {
    my ($request) = @_;
    my ($format, $settings) = @$request{qw(format settings)};
    my $value = PerlNotation::build($request->{value});
    # Before it is written, which can leave traces in numbers.
    my $original = PerlNotation::notation($value);
    my $dumped = $format =~ /dd$/ ? do { local $PerlNotation::as_dumped = 1; PerlNotation::notation($value) } : undef;
    my $image = PerlFormats::freeze($format, $value, $settings);
    my $terse = $settings && $settings->{Terse};
    my $reread = eval { PerlNotation::notation(PerlFormats::thaw($format, $terse ? "\$D = $image" : $image)) };
    return {
        image => encode_base64($image, ''),
        original => $original,
        dumped => $dumped,
        $reread ? (reread => $reread) : (unreadable => reason()),
    };
}

# Without the way to it, which some modules tell at length.
sub reason { (split /\n/, "$@")[0] }
