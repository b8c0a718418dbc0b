# Uses a table of sessions the way Data::Session does, by DBD::Pg, DBD::mysql or DBD::ODBC.
#   perl perl-table.pl DSN USER TABLE COLUMN-TYPE SERIALIZER
# Commands come as lines on standard input, one answer each on standard output. Values are UTF-8 in hex.
#   make              makes the table as CGI::Session and Data::Session have it
#   set ID KEY VALUE  stores a session with this parameter, beside what is there
#   get ID KEY        the value, none, or absent
#   raw ID            the length of the image and the sum of its characters
#   remove ID         how many rows
#   ids               all ids, each in hex
use strict;
use warnings;
use Data::Dumper;
use DBI;
use Encode;
use JSON::PP;
use Safe;

my($dsn, $user, $table, $type, $serializer) = @ARGV;
my $pg  = $dsn =~ /^dbi:Pg/;
my $dbh = DBI->connect($dsn, $user, '', {AutoCommit => 1, PrintError => 0, RaiseError => 1});
$dbh->do('set client_min_messages = warning') if $pg;
# DBD::ODBC gives 80 bytes, and then an error.
$dbh->{LongReadLen} = 1_000_000 if $dsn =~ /^dbi:ODBC/;
my $bind = $pg ? {pg_type => $type eq 'bytea' ? DBD::Pg::PG_BYTEA() : DBD::Pg::PG_TEXT()} : undef;

sub freeze {
	return JSON::PP->new->encode($_[0]) if $serializer eq 'JSON';
	my $dumper = Data::Dumper->new([$_[0]], ['D']);
	return $dumper->Deepcopy(0)->Indent(0)->Purity(1)->Useqq(0)->Quotekeys(1)->Terse(0)->Dump;
}

sub thaw {
	return JSON::PP->new->decode($_[0]) if $serializer eq 'JSON';
	our $D;
	return Safe->new->reval("my \$D; $_[0]");
}

sub retrieve { return ($dbh->selectrow_array("select a_session from $table where id = ?", {}, $_[0]))[0] }

sub store {
	my($id, $image) = @_;
	if (!$pg) {
		$dbh->do("insert into $table (a_session, id) select ?, ? on duplicate key update a_session = ?",
			{}, $image, $id, $image);
		return;
	}
	my $insert = $dbh->prepare("insert into $table (a_session, id) select ?, ?"
		. " where not exists (select 1 from $table where id = ? limit 1)");
	$insert->bind_param(1, $image, $bind);
	$insert->bind_param(2, $id);
	$insert->bind_param(3, $id);
	return if $insert->execute > 0;
	my $update = $dbh->prepare("update $table set a_session = ? where id = ?");
	$update->bind_param(1, $image, $bind);
	$update->bind_param(2, $id);
	$update->execute;
}

sub text { decode('UTF-8', pack('H*', $_[0])) }

my %answer = (
	make => sub { $dbh->do("create table $table (id char(32) not null primary key, a_session $type not null)"); 'made' },
	set => sub {
		my($id, $key, $value) = @_;
		my $image = retrieve($id);
		my $now   = time;
		my $data  = defined $image ? thaw($image) : {
			_SESSION_ID => $id, _SESSION_ATIME => $now, _SESSION_CTIME => $now, _SESSION_ETIME => 0, _SESSION_PTIME => {},
		};
		$data->{$key} = text($value);
		store($id, freeze($data));
		'stored';
	},
	get => sub {
		my $image = retrieve($_[0]) // return 'absent';
		my $value = thaw($image)->{$_[1]} // return 'none';
		unpack('H*', encode('UTF-8', $value));
	},
	raw => sub {
		my $image = retrieve($_[0]) // return 'absent';
		my $sum   = 0;
		$sum += ord for split //, $image;
		length($image) . " $sum";
	},
	remove => sub { 0 + $dbh->do("delete from $table where id = ?", {}, $_[0]) },
	ids => sub { join ' ', map {s/ +$//r} @{$dbh->selectcol_arrayref("select id from $table order by id")} },
);

$| = 1;
while (my $line = <STDIN>) {
	my($command, @arguments) = split ' ', $line;
	print $answer{$command}->(@arguments), "\n";
}
