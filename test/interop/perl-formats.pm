package PerlFormats;
# The images of the formats, made and read by Perl's own modules with the settings of those who store sessions.
use strict;
use warnings;
no warnings qw(recursion surrogate non_unicode nonchar);
use File::Temp ();
use Scalar::Util qw(refaddr);

# format => [module, sub that makes an image, sub that reads one]
my %format = (
    dd        => ['Data::Dumper', \&dumper_freeze, \&dumper_thaw],
    cgidd     => ['CGI::Session::Serialize::default', cgi('default')],
    st        => ['Storable', sub { Storable::freeze($_[0]) }, sub { Storable::thaw($_[0]) }],
    nst       => ['Storable', sub { Storable::nfreeze($_[0]) }, sub { Storable::thaw($_[0]) }],
    pst0      => ['Storable', sub { through_file(\&Storable::store, $_[0]) }, \&from_file],
    npst0     => ['Storable', sub { through_file(\&Storable::nstore, $_[0]) }, \&from_file],
    stcanon   => ['Storable', sub { local $Storable::canonical = 1; Storable::freeze($_[0]) }, sub { Storable::thaw($_[0]) }],
    stcode    => ['Storable',
        sub { local $Storable::Deparse = 1; Storable::freeze($_[0]) },
        sub { local $Storable::Eval = 1; Storable::thaw($_[0]) }],
    ft        => ['FreezeThaw', sub { FreezeThaw::freeze($_[0]) }, sub { (FreezeThaw::thaw($_[0]))[0] }],
    json      => ['JSON::XS', json('JSON::XS')],
    jsonpp    => ['JSON::PP', json('JSON::PP')],
    cgijson   => ['JSON::Syck', sub { JSON::Syck::Dump($_[0]) }, sub { JSON::Syck::Load($_[0]) }],
    yamlt     => ['YAML::Tiny', sub { YAML::Tiny::Dump($_[0]) }, sub { scalar YAML::Tiny::Load($_[0]) }],
    syck      => ['YAML::Syck', sub { YAML::Syck::Dump($_[0]) }, sub { local $YAML::Syck::LoadBlessed = 1; (YAML::Syck::Load($_[0]))[0] }],
    yamlpm    => ['YAML', sub { YAML::Dump($_[0]) }, sub { local $YAML::LoadBlessed = 1; (YAML::Load($_[0]))[0] }],
    apb64     => ['Apache::Session::Serialize::Base64', apache('Base64')],
    apuu      => ['Apache::Session::Serialize::UUEncode', apache('UUEncode')],
    apsyb     => ['Apache::Session::Serialize::Sybase', apache('Sybase')],
);

sub all { sort keys %format }

# Loads what the format needs; false when it is not here.
sub load {
    my ($name) = @_;
    my $module = ($format{$name} // die "no format $name")->[0];
    return 0 if !eval "require $module; 1";
    if ($module eq 'Data::Dumper') { require Safe }
    return 1;
}

# The objects that stand for true and false in JSON: address => 1 or 0.
sub json_booleans {
    my ($name) = @_;
    return {} if $format{$name}[0] !~ /^JSON/;
    my %value;
    for my $class (grep { $_->can('true') } qw(JSON::XS JSON::PP)) {
        $value{ refaddr $class->can($_)->() } = $_ eq 'true' ? 1 : 0 for qw(true false);
    }
    return \%value;
}

# The bytes that the File driver keeps of what the module writes: print to a file handle without a layer.
sub freeze {
    my ($name, $value, $settings) = @_;
    local $SIG{__WARN__} = sub { };
    my $image = $format{$name}[1]->($value, $settings // {});
    die "nothing written\n" if !defined $image;
    utf8::encode($image) if !utf8::downgrade($image, 1);
    return $image;
}

# The value in these bytes, of which each is a character to the module.
sub thaw {
    my ($name, $image) = @_;
    local $SIG{__WARN__} = sub { };
    my $value = $format{$name}[2]->($image);
    # Which is what Storable says of an image that lacks its end.
    die "nothing read\n" if !defined $value && $name ne 'dd';
    return $value;
}

# --- Data::Dumper as Data::Session has it, but that the value of an image is always $D: Data::Session itself takes
# that of the last statement.

my $safe;

sub dumper_freeze {
    my ($value, $settings) = @_;
    my $dumper = Data::Dumper->new([$value], ['D']);
    $dumper->Indent(0)->Purity(1)->Useqq(0)->Deepcopy(0)->Quotekeys(1)->Terse(0);
    $dumper->$_($settings->{$_}) for sort keys %$settings;
    return $dumper->Dump;
}

sub dumper_thaw {
    my ($image) = @_;
    $safe //= Safe->new;
    utf8::downgrade($image);
    my $value = $safe->reval($image =~ /;\$D$/ ? $image : "$image;\$D");
    die $@ if $@;
    return $value;
}

# --- the others

sub cgi {
    my $class = "CGI::Session::Serialize::$_[0]";
    return (
        sub { $class->freeze($_[0]) },
        sub { $class->thaw($_[0]) // die $class->errstr },
    );
}

sub apache {
    my ($name) = @_;
    my $call = sub { no strict 'refs'; &{"Apache::Session::Serialize::${name}::$_[0]"}($_[1]) };
    return (
        sub { my $session = { data => $_[0] }; $call->('serialize', $session); $session->{serialized} },
        sub { my $session = { serialized => $_[0] }; $call->('unserialize', $session); $session->{data} },
    );
}

sub json {
    my ($class) = @_;
    return (sub { $class->new->encode($_[0]) }, sub { $class->new->decode($_[0]) });
}

my $folder;

sub file {
    $folder //= File::Temp->newdir;
    return "$folder/image";
}

sub through_file {
    my ($store, $value) = @_;
    $store->($value, file());
    open my $handle, '<:raw', file() or die "$!";
    local $/;
    return scalar <$handle>;
}

sub from_file {
    open my $handle, '>:raw', file() or die "$!";
    print $handle $_[0];
    close $handle or die "$!";
    return Storable::retrieve(file());
}

1;
