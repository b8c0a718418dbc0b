# Uses a Berkeley DB as Perl's modules do: perl berkeleydb.pl HOW PATH [FILE]
#   cds HOME FILE     a Hash in an environment, as Data::Session opens it; cds-btree: a Btree
#   db_file FILE      by itself, through CGI::Session's driver db_file
#   tie FILE          by itself, through DB_File, as Apache::Session opens it: no lock
# Commands come as lines on standard input, one answer each on standard output; images are in hex:
#   put KEY HEX, get KEY, del KEY, keys      get: none, or '=' and the image
#   count FROM TO     puts the records key-FROM to key-TO
#   lock, unlock      cds_lock and its end
#   read, unread      opens a cursor for reading, and closes it
#   forever           puts records until it is killed; answers first
use strict;
use warnings;
use BerkeleyDB;
use DB_File ();

my ($how, $path, $file) = @ARGV;
my ($db, %tied, $lock, $cursor);

if ($how =~ /^cds/) {
    my $env = BerkeleyDB::Env->new(-Home => $path, -Flags => DB_CREATE | DB_INIT_CDB | DB_INIT_MPOOL)
        or die "no environment: $BerkeleyDB::Error";
    my $class = $how eq 'cds-btree' ? 'BerkeleyDB::Btree' : 'BerkeleyDB::Hash';
    $db = $class->new(-Env => $env, -Filename => $file, -Flags => DB_CREATE) or die "no database: $BerkeleyDB::Error";
}
elsif ($how eq 'db_file') {
    require CGI::Session::Driver::db_file;
    $db = CGI::Session::Driver::db_file->new({FileName => $path}) or die;
}
else {
    tie %tied, 'DB_File', $path or die "cannot tie $path: $!";
}

sub put {
    my ($key, $image) = @_;
    if ($how =~ /^cds/) { my $code = $db->db_put($key, $image); die "put: $code" if $code }
    elsif ($how eq 'db_file') { $db->store($key, $image) or die $db->errstr }
    else { $tied{$key} = $image; (tied %tied)->sync }
    return 'done';
}

sub get {
    my ($key) = @_;
    my $image;
    if ($how =~ /^cds/) { return 'none' if $db->db_get($key, $image) }
    elsif ($how eq 'db_file') { $image = $db->retrieve($key) or return 'none' }
    else { return 'none' unless exists $tied{$key}; $image = $tied{$key} }
    return '=' . unpack 'H*', $image;
}

sub del {
    my ($key) = @_;
    if ($how =~ /^cds/) { $db->db_del($key) }
    elsif ($how eq 'db_file') { $db->remove($key) or die $db->errstr }
    else { delete $tied{$key}; (tied %tied)->sync }
    return 'done';
}

sub all_keys {
    my @keys;
    if ($how =~ /^cds/) {
        my $cursor = $db->db_cursor;
        my ($key, $value) = ('', '');
        push @keys, $key while $cursor->c_get($key, $value, DB_NEXT) == 0;
    }
    elsif ($how eq 'db_file') { $db->traverse(sub { push @keys, $_[0] }) }
    else { @keys = keys %tied }
    return join ' ', sort @keys;
}

sub image_of { my ($key) = @_; return "image of $key " x 20 }

my %answer = (
    put => sub { put($_[0], pack 'H*', $_[1] // '') },
    get => \&get,
    del => \&del,
    keys => \&all_keys,
    count => sub { put("key-$_", image_of("key-$_")) for $_[0] .. $_[1]; 'done' },
    lock => sub { $lock = $db->cds_lock or die 'no lock'; 'locked' },
    unlock => sub { $lock->cds_unlock; undef $lock; 'unlocked' },
    read => sub { $cursor = $db->db_cursor; my ($k, $v) = ('', ''); $cursor->c_get($k, $v, DB_FIRST); 'reading' },
    unread => sub { undef $cursor; 'read' },
    forever => sub { print "started\n"; for (my $n = 0; ; $n++) { put('key-' . $n % 500, image_of($n) x ($n % 7)) } },
);

$| = 1;
print "ready\n";
while (my $line = <STDIN>) {
    my ($command, @arguments) = split ' ', $line;
    print $answer{$command}->(@arguments), "\n";
}
