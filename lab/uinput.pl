# Makes an input device with a WPS button and an LED, as long as it runs: a word a line on its input ("down", "up") does
# that to the button; each line of its output says that the LED went on or off, and when. In Perl, because Node has no
# ioctl, and every Debian has Perl. Constants: linux/uinput.h and linux/input-event-codes.h, for 64 bits.
use strict;
use warnings;
use Fcntl;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);

my ($EV_SYN, $EV_KEY, $EV_LED, $KEY_WPS_BUTTON, $LED_CAPSL) = (0, 1, 0x11, 0x211, 1);
my ($UI_SET_EVBIT, $UI_SET_KEYBIT, $UI_SET_LEDBIT) = (0x40045564, 0x40045565, 0x40045569);
my ($UI_DEV_SETUP, $UI_DEV_CREATE) = (0x405c5503, 0x5501);

my $name = $ARGV[0];
sysopen(my $device, "/dev/uinput", O_RDWR) or die "/dev/uinput: $!";
sub control { my ($request, $value) = @_; defined ioctl($device, $request, $value) or die "ioctl $request: $!" }
control($UI_SET_EVBIT, $EV_KEY);
control($UI_SET_KEYBIT, $KEY_WPS_BUTTON);
control($UI_SET_EVBIT, $EV_LED);
control($UI_SET_LEDBIT, $LED_CAPSL);
control($UI_DEV_SETUP, pack("S4 a80 L", 0x19, 1, 1, 1, $name, 0));
control($UI_DEV_CREATE, 0);

sub event { syswrite($device, pack("q2 S2 l", 0, 0, @_)) or die "event: $!" }
sub say { syswrite(STDOUT, "$_[0]\n") }
say("ready");

my $words = "";
while (1) {
    my $readable = "";
    vec($readable, fileno($_), 1) = 1 for $device, *STDIN;
    select($readable, undef, undef, undef);
    if (vec($readable, fileno($device), 1)) {
        sysread($device, my $bytes, 24) or die "read: $!";
        my (undef, undef, $type, $code, $value) = unpack("q2 S2 l", $bytes);
        say(sprintf("led %s %d", $value ? "on" : "off", clock_gettime(CLOCK_MONOTONIC) * 1000))
            if $type == $EV_LED && $code == $LED_CAPSL;
    }
    if (vec($readable, fileno(*STDIN), 1)) {
        # Without input nobody holds the device any more: it is unplugged.
        sysread(STDIN, $words, 4096, length $words) or exit;
        while ($words =~ s/^(.*)\n//) {
            event($EV_KEY, $KEY_WPS_BUTTON, $1 eq "down" ? 1 : 0);
            event($EV_SYN, 0, 0);
        }
    }
}
