# Lets the real CGI.pm answer: reads a JSON list of [what, argument] pairs, writes a JSON list of the answers.
use strict;
use warnings;
BEGIN { no warnings 'once'; *CORE::GLOBAL::time = sub () { 1700000000 } }
use CGI;
use CGI::Cookie;
use JSON::PP;

my %answer = (
  # A Set-Cookie value, from the attributes.
  cookie => sub { '' . CGI::Cookie->new(map { ("-$_" => $_[0]{$_}) } keys %{$_[0]}) },
  # A header, from its options in order.
  header => sub { CGI->new('')->header(@{$_[0]}) },
  # Names and values in a Cookie header; octets that are UTF-8 become characters.
  cookies => sub { my $found = CGI::Cookie->parse($_[0]); +{map { text($_) => text(scalar $found->{$_}->value) } keys %$found} },
  # Names and all values in a query string.
  form => sub { my $q = CGI->new($_[0]); +{map { my $name = $_; text($name) => [map { text($_) } $q->multi_param($name)] } $q->param} },
);

sub text { my $octets = shift; utf8::decode($octets); $octets }

my $json = JSON::PP->new->utf8;
my $input = do { local $/; <STDIN> };
print $json->encode([map { $answer{$_->[0]}->($_->[1]) } @{$json->decode($input)}]);
