# Makes sessions with the real CGI::Session: a folder, a data source for the driver, a number. Writes what each holds as
# a line of JSON. Some have expired, some have lifetimes of parameters, some text is Latin-1, some data are cyclic.
use strict;
use warnings;
our $now;
BEGIN { $now = CORE::time(); *CORE::GLOBAL::time = sub () { $main::now } }
use CGI::Session;
use JSON::PP;

my ($type, $attribute, $place, $count) = @ARGV;
my $json = JSON::PP->new->ascii->canonical;
my $today = $now;

for my $n (0 .. $count - 1) {
  $now = $n % 10 == 7 ? $today - 90_000 : $today - $n % 50;
  my $session = CGI::Session->new($type, undef, {$attribute => $place}) or die CGI::Session->errstr;
  my %params = (
    user => {id => $n, name => $n % 3 ? "Zo\xeb M\xfcller" : "\x{42f}\x{43d}\x{430}", roles => ['admin', {since => 1999}]},
    visits => $n,
    zip => sprintf('%05d', $n),
    nothing => undef,
  );
  $session->param($_ => $params{$_}) for keys %params;
  $session->expire($n % 2 ? '+1h' : '+2d');
  $session->expire('visits', '+10m') if $n % 4 == 0;
  if ($n % 100 == 50) {
    my $cycle = {name => 'circle'};
    $cycle->{self} = $cycle;
    $session->param(cycle => $cycle);
  }
  my $line = $json->encode({
    id => $session->id, atime => $session->atime, ctime => $session->ctime, etime => $session->expire,
    ptime => $session->{_DATA}{_SESSION_EXPIRE_LIST} || {}, params => \%params, cyclic => $n % 100 == 50 ? 1 : 0,
  });
  $session->flush or die $session->errstr;
  print "$line\n";
}
