#!/usr/bin/perl
# A Perl program with CGI::Session, for cgi-session.test.ts. The arguments are a type string and the driver's options in
# JSON; then a line of JSON in, a line of JSON out. Values are in the notation of notation.ts. Every request says what
# time it is for Perl, in `now`; without it the clock goes.
#
#   { do: make, values }          makes a session                                             -> { id }
#   { do: load, id }              loads it as `load` does, which counts as an access          -> { state, session, etime, list }
#   { do: change, id, values, clear, expire, lifetimes }   -> as load
#   { do: count, id, times }      adds 1 to `perl` so many times, each in a request of its own
#   { do: hold, id, values }      loads it and sets them; `go` (next line) stores it
#   { do: delete, id }
use strict;
use warnings;

our $now;
BEGIN { *CORE::GLOBAL::time = sub () { $now // CORE::time() } }

use CGI::Session;
use CGI::Session::ErrorHandler;
use FindBin ();
use JSON::PP ();

require "$FindBin::Bin/perl-notation.pm";

# CGI::Session used to come with this one; Debian has no package of it.
{
    package CGI::Session::Serialize::json;
    our @ISA = 'CGI::Session::ErrorHandler';
    sub freeze { require JSON::Syck; JSON::Syck::Dump($_[1]) }
    sub thaw { require JSON::Syck; JSON::Syck::Load($_[1]) }
    $INC{'CGI/Session/Serialize/json.pm'} = __FILE__;
}

my $json = JSON::PP->new->ascii;
my ($type, $args) = ($ARGV[0], $json->decode($ARGV[1]));
my $held;

my %answer = (
    make   => \&make,
    load   => sub { described(loaded($_[0])) },
    change => \&change,
    count  => \&count,
    hold   => sub { $held = loaded($_[0]); set($held, $_[0]); {} },
    go     => sub { flushed($held); undef $held; {} },
    delete => sub { my $session = loaded($_[0]); $session->delete; flushed($session); {} },
);

$| = 1;
while (my $line = <STDIN>) {
    my $request = $json->decode($line);
    $now = $request->{now};
    my $answer = eval { $answer{ $request->{do} }->($request) };
    print $json->encode($answer // { error => "$@" }), "\n";
}

sub loaded {
    my ($request) = @_;
    return CGI::Session->load($type, $request->{id}, $args) // die CGI::Session->errstr, "\n";
}

sub flushed {
    my ($session) = @_;
    $session->flush // die $session->errstr, "\n";
}

sub described {
    my ($session) = @_;
    return { state => $session->is_expired ? 'expired' : 'absent' } if $session->is_empty;
    my $data = $session->dataref;
    my %params = map { $_ => $data->{$_} } $session->param;
    return {
        state   => 'there',
        session => PerlNotation::notation(\%params),
        etime   => $session->expire // 0,
        list    => $data->{_SESSION_EXPIRE_LIST} // {},
    };
}

sub set {
    my ($session, $request) = @_;
    my $values = PerlNotation::build($request->{values} // ['hash', 0, []]);
    $session->param($_, $values->{$_}) for keys %$values;
}

sub make {
    # Where there is no id, the module asks CGI.pm for one.
    local @ENV{qw(REQUEST_METHOD QUERY_STRING)} = ('GET', '');
    my $session = CGI::Session->new($type, undef, $args) // die CGI::Session->errstr, "\n";
    set($session, $_[0]);
    flushed($session);
    return { id => $session->id };
}

sub change {
    my ($request) = @_;
    my $session = loaded($request);
    return described($session) if $session->is_empty;
    set($session, $request);
    $session->clear($request->{clear}) if $request->{clear};
    $session->expire($request->{expire}) if defined $request->{expire};
    my $lifetimes = $request->{lifetimes} // {};
    $session->expire($_, $lifetimes->{$_}) for keys %$lifetimes;
    flushed($session);
    return described($session);
}

sub count {
    my ($request) = @_;
    for my $expected (1 .. $request->{times}) {
        my $session = loaded($request);
        my $count = ($session->param('perl') // 0) + 1;
        die "perl is $count, not $expected\n" if $count != $expected;
        $session->param('perl', $count);
        flushed($session);
        # A program does something else between two requests.
        select undef, undef, undef, 0.002;
    }
    return {};
}
