#!/usr/bin/env bash
# How long a customer waits: from the mail in the mailbox to the receipt that the SMTP server took, with polls alone and with
# check now.
#   tests/bench/counter.sh [--quick] [--mails N] [--interval SECONDS] [--help]
. "$(dirname "$0")/measure.sh"
measure counter "$@"
