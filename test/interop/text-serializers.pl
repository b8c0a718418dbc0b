# Answers one line for each line: what Perl's JSON or YAML module makes of an image, and the image it makes of data.
# Images are base64, data is JSON; all of it ASCII.
#   read json|yaml IMAGE   ->  ok DATA  | error TEXT
#   write json|yaml DATA   ->  ok IMAGE | error TEXT
use strict;
use warnings;
use JSON::PP ();
use MIME::Base64 qw(decode_base64 encode_base64);

$| = 1;
my $yaml = (grep { eval "require $_; 1" } qw(YAML::Tiny CPAN::Meta::YAML))[0];
my $wire = JSON::PP->new->ascii->canonical->allow_nonref;
# As Data::Session makes them: without a word about encodings.
my $json = JSON::PP->new;

# What print does to a file handle without a layer.
sub octets {
	my ($text) = @_;
	utf8::encode($text) unless utf8::downgrade($text, 1);
	return $text;
}

print 'ready json', ($yaml ? ' yaml' : ''), "\n";
while (my $line = <STDIN>) {
	chomp $line;
	my ($verb, $format, $argument) = split / /, $line, 3;
	my $answer = eval {
		if ($verb eq 'read') {
			my $image = decode_base64($argument);
			$wire->encode($format eq 'json' ? $json->decode($image) : $yaml->read_string($image)->[0]);
		}
		else {
			my $data = $wire->decode($argument);
			encode_base64(octets($format eq 'json' ? $json->encode($data) : $yaml->new($data)->write_string), '');
		}
	};
	my $error = $@;
	$error =~ s/[^ -~]+/ /g;
	print defined $answer ? "ok $answer\n" : "error $error\n";
}
