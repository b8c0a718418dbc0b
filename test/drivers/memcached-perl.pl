# Uses memcached the way Data::Session does, by Cache::Memcached.
#   perl memcached-perl.pl SERVERS NAMESPACE THRESHOLD
# SERVERS are host:port, with a comma between them, or host:port*weight. THRESHOLD is the size from which it compresses.
# Commands come as lines on standard input, one answer each on standard output. Values are bytes in hex.
#   set ID VALUE   stores a record for an hour
#   get ID         the value, or absent
#   remove ID      1 or nothing
use strict;
use warnings;
use Cache::Memcached;

my($servers, $namespace, $threshold) = @ARGV;
my $cache = Cache::Memcached->new({
	servers => [map { /(.*)\*(\d+)/ ? [$1, $2] : $_ } split /,/, $servers],
	namespace => $namespace,
	compress_threshold => $threshold,
});

my %answer = (
	set => sub { $cache->set($_[0], pack('H*', $_[1]), 3600) ? 'stored' : 'failed' },
	get => sub { my $value = $cache->get($_[0]); defined $value ? unpack('H*', $value) : 'absent' },
	remove => sub { $cache->delete($_[0]) },
);

$| = 1;
while (my $line = <STDIN>) {
	chomp $line;
	my($command, @words) = split / /, $line;
	print $answer{$command}->(@words), "\n";
}
