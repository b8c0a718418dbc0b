#!/usr/bin/perl
# A Perl program that has a session in common with ours, for turns.test.ts: what Data::Session's File driver and
# serializers do with the file. The arguments are a format and the file; then a line of JSON in, a line of JSON out.
#
#   { start, id }          makes the session, with what `start` is in the notation of notation.ts -> { kept }
#   { text, found, round } takes a turn: text is what it sets, found what it must find there       -> { count }
#   { end }                -> { session, kept, together }
#
# `kept` is what the turns do not touch; `together`: whether what was one object still is one.
use strict;
use warnings;
use Fcntl qw(LOCK_EX O_CREAT O_RDWR SEEK_SET);
use FindBin ();
use JSON::PP ();
use Scalar::Util qw(refaddr reftype);

require "$FindBin::Bin/perl-$_.pm" for qw(notation formats classes);

my ($format, $path) = @ARGV;
die "$format is not here\n" if !PerlFormats::load($format);
{
    no warnings 'once';
    %PerlNotation::json_boolean = %{ PerlFormats::json_booleans($format) };
}
my $json = (eval { require JSON::XS; 'JSON::XS' } // 'JSON::PP')->new->ascii->max_depth(10_000);
$| = 1;

while (my $line = <STDIN>) {
    my $request = $json->decode($line);
    my $answer = eval { $request->{start} ? start($request) : $request->{end} ? end() : turn($request) };
    print $json->encode($answer // { error => "$@" }), "\n";
}

# Calls the sub with the session, and stores what that leaves.
sub with_session {
    my ($change) = @_;
    sysopen my $handle, $path, O_RDWR | O_CREAT or die "$path: $!";
    binmode $handle;
    flock $handle, LOCK_EX or die "flock: $!";
    my $image = do { local $/; <$handle> } // '';
    my $session = $image eq '' ? {} : PerlFormats::thaw($format, $image);
    my $answer = $change->($session);
    if (defined $answer) {
        seek $handle, 0, SEEK_SET;
        truncate $handle, 0 or die "truncate: $!";
        print $handle PerlFormats::freeze($format, $session);
    }
    close $handle or die "close: $!";
    return $answer;
}

sub start {
    my ($request) = @_;
    with_session(sub {
        my ($session) = @_;
        my $given = PerlNotation::build($request->{start});
        my $now = time;
        %$session = (
            %$given,
            _SESSION_ID => $request->{id}, _SESSION_ATIME => $now, _SESSION_CTIME => $now, _SESSION_ETIME => 0,
            _SESSION_PTIME => {}, count => 0, list => [], text => '',
        );
        return {};
    });
    # Once more, for some modules make strings of numbers, and others of those.
    with_session(sub { {} });
    return with_session(sub { { kept => PerlNotation::notation($_[0]{kept}) } });
}

sub turn {
    my ($request) = @_;
    return with_session(sub {
        my ($session) = @_;
        my $found = PerlNotation::text($session->{text});
        die "text is $found, not $request->{found}" if $found ne $request->{found};
        $session->{count}++;
        push @{ $session->{list} }, "perl $request->{round}";
        shift @{ $session->{list} } while @{ $session->{list} } > 10;
        $session->{text} = PerlNotation::string($request->{text});
        if (my $object = $session->{object}) { $object->{n}++ }
        return { count => $session->{count} };
    });
}

sub end {
    my $session;
    with_session(sub { $session = $_[0]; undef });
    my ($object, $again) = @$session{qw(object again)};
    return {
        kept => PerlNotation::notation($session->{kept}),
        together => !$object || refaddr $object == refaddr $again->[0] ? 1 : 0,
        session => PerlNotation::notation({ map { $_ => $session->{$_} } qw(count list text object) }),
    };
}
