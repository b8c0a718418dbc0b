# Adds 1 to the number in the file so many times, in place and under its lock. Prints each number. `begin` makes a
# missing file.
use strict;
use warnings;
use Fcntl qw(:DEFAULT :flock SEEK_SET);

my ($path, $times) = @ARGV;
for (1 .. $times) {
    sysopen(my $file, $path, O_RDWR | O_CREAT, 0660) or die "$path: $!";
    flock($file, LOCK_EX) or die "flock: $!";
    my $number = <$file> // 0;
    $number =~ /^\d+$/ or die "'$number' is no number";
    $number += 1;
    seek($file, 0, SEEK_SET) or die "seek: $!";
    truncate($file, 0) or die "truncate: $!";
    print {$file} $number;
    close($file) or die "close: $!";
    print "$number\n";
    select(undef, undef, undef, 0.0005);
}
