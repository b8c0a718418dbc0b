package PerlClasses;
# The classes of the golden records that more depends on than their names.
use strict;
use warnings;

package Oracle::Over {
    use overload '""' => sub { 'over:' . $_[0]{n} }, fallback => 1;
}

package Oracle::Hooked {

    sub STORABLE_freeze {
        my ($self) = @_;
        return ("cookie:$self->{n}", $self->{list}, $self->{map});
    }

    sub STORABLE_thaw {
        my ($self, undef, $cookie, $list, $map) = @_;
        $self->{n} = $cookie =~ s/^cookie://r;
        @$self{qw(list map)} = ($list, $map);
    }
}

1;
