#!/usr/bin/perl
# A Perl program with Apache::Session, for apache-session.test.ts. The argument is the options of Apache::Session::Flex
# in JSON; then a line of JSON in, a line of JSON out. Values are in the notation of notation.ts.
#
#   { do: make, values }      makes a session with these values                              -> { id }
#   { do: set, id, values }   sets them
#   { do: get, id }                                                                          -> { session }
#   { do: count, id, times }  adds 1 to `count` so many times, each in a request of its own
#   { do: hold, id, values }  ties the session and sets them; `go` (next line) unties it
#   { do: delete, id }
use strict;
use warnings;
use Apache::Session::Flex;
use FindBin ();
use JSON::PP ();

require "$FindBin::Bin/perl-notation.pm";

my $json = JSON::PP->new->ascii;
my $args = $json->decode($ARGV[0]);
my %held;

my %answer = (
    make   => sub { my $session = opened(undef); set($session, $_[0]); { id => $session->{_session_id} } },
    set    => sub { set(opened($_[0]{id}), $_[0]); {} },
    get    => sub { { session => PerlNotation::notation({ %{ opened($_[0]{id}) } }) } },
    count  => sub { count($_[0]); {} },
    hold   => sub { my $session = opened($_[0]{id}); set($session, $_[0]); $held{session} = $session; {} },
    go     => sub { %held = (); {} },
    delete => sub { tied(%{ opened($_[0]{id}) })->delete; {} },
);

$| = 1;
while (my $line = <STDIN>) {
    my $request = $json->decode($line);
    my $answer = eval { $answer{ $request->{do} }->($request) };
    print $json->encode($answer // { error => "$@" }), "\n";
}

# The session, tied for as long as somebody has the reference.
sub opened {
    tie my %session, 'Apache::Session::Flex', $_[0], $args;
    return \%session;
}

sub set {
    my ($session, $request) = @_;
    my $values = PerlNotation::build($request->{values});
    $session->{$_} = $values->{$_} for keys %$values;
}

sub count {
    my ($request) = @_;
    for (1 .. $request->{times}) {
        opened($request->{id})->{count}++;
        # A program does something else between two requests.
        select undef, undef, undef, 0.002;
    }
}
