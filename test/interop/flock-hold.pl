# Locks the file, says so, and when it is told to, writes what it is told as Perl's session modules do: in place.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :flock);

$| = 1;
my ($path) = @ARGV;
sysopen(my $file, $path, O_RDWR) or die "$path: $!";
print "waiting\n";
flock($file, LOCK_EX) or die "flock: $!";
print "locked\n";
my $text = <STDIN>;
chomp $text;
if (length $text) {
    truncate($file, 0) or die "truncate: $!";
    # Whoever reads without a lock sees an empty file now.
    select(undef, undef, undef, 0.02);
    print {$file} $text;
}
close($file) or die "close: $!";
print "done\n";
