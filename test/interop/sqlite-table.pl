# Uses the table of sessions the way the Perl modules do: images are bound as blobs, a record is inserted unless there
# is one, and updated otherwise. Commands come as lines on standard input, one answer each on standard output:
#   store ID HEX      stored
#   read ID           TYPE HEX of the stored value, or none
#   remove ID         how many rows
#   ids               all ids, each in hex
use strict;
use warnings;
use DBI qw(:sql_types);

my $dbh = DBI->connect("dbi:SQLite:dbname=$ARGV[0]", '', '', {AutoCommit => 1, PrintError => 0, RaiseError => 1});
$dbh->do('create table if not exists sessions (id char(32) not null primary key, a_session text not null)');

sub store {
	my($id, $image) = @_;
	my $insert = $dbh->prepare('insert into sessions (a_session, id) select ?, ?'
		. ' where not exists (select 1 from sessions where id = ? limit 1)');
	$insert->bind_param(1, $image, SQL_BLOB);
	$insert->bind_param(2, $id);
	$insert->bind_param(3, $id);
	return 'stored' if $insert->execute > 0;
	my $update = $dbh->prepare('update sessions set a_session = ? where id = ?');
	$update->bind_param(1, $image, SQL_BLOB);
	$update->bind_param(2, $id);
	$update->execute;
	return 'stored';
}

my %answer = (
	store => sub { store($_[0], pack('H*', $_[1] // '')) },
	read => sub {
		my $row = $dbh->selectrow_arrayref('select typeof(a_session), a_session from sessions where id = ?', {}, $_[0]);
		return $row ? $row->[0] . ' ' . unpack('H*', $row->[1]) : 'none';
	},
	remove => sub { 0 + $dbh->do('delete from sessions where id = ?', {}, $_[0]) },
	ids => sub { join ' ', map {unpack 'H*', $_} @{$dbh->selectcol_arrayref('select id from sessions order by id')} },
);

$| = 1;
while (my $line = <STDIN>) {
	my($command, @arguments) = split ' ', $line;
	print $answer{$command}->(@arguments), "\n";
}
