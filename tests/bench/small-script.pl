#!/usr/bin/perl
# What shops have used: fetchmail starts this for each mail. It takes the next number from a file, answers, writes a line
# into a log. Numbers are not lost or given twice, as long as nothing fails; everything else is left out.
#   small-script.pl FOLDER SMTP-PORT <MAIL
use strict;
use warnings;
use Fcntl qw(:flock);
use Net::SMTP;

my ($folder, $port) = @ARGV;
my $from = '';
while (<STDIN>) {
    last if /^\r?\n$/;
    $from = $1 if /^From:.*?([^\s<>]+\@[^\s<>]+)/i;
}
1 while <STDIN>;

open(my $counter, '+>>', "$folder/counter") or die "counter: $!";
flock($counter, LOCK_EX) or die "counter: $!";
seek($counter, 0, 0);
my $number = (<$counter> // 0) + 1;
truncate($counter, 0);
print $counter $number;
close($counter) or die "counter: $!";

my $smtp = Net::SMTP->new('127.0.0.1', Port => $port, Hello => 'script.example') or die "SMTP: $!";
$smtp->mail('touroku@shop.example') or die 'MAIL';
$smtp->to($from) or die 'RCPT';
$smtp->data(
    "From: touroku\@shop.example\n",
    "To: $from\n",
    "Subject: No. $number\n",
    "Message-ID: <$number.$$\@shop.example>\n",
    "\n",
    "Your number is $number.\n",
) or die 'DATA';
$smtp->quit;

open(my $log, '>>', "$folder/log") or die "log: $!";
print $log scalar(localtime) . " $number $from\n";
close($log) or die "log: $!";
