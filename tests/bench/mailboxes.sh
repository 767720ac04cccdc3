#!/usr/bin/env bash
# A thousand mailboxes, one in ten of them dead, polled once a minute by one karamail: CPU, memory, and how late the polls are.
#   tests/bench/mailboxes.sh [--quick] [--mailboxes N] [--minutes N] [--tls] [--help]
. "$(dirname "$0")/measure.sh"
measure mailboxes "$@"
