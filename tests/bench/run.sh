#!/usr/bin/env bash
# Karamail beside fetchmail, getmail6, mpop and beside the least work possible, and how its cost grows:
#
#   tests/bench/run.sh                           10,000 mails, five runs of each program: one to two hours, most of them the script's
#   tests/bench/run.sh --growth 1000,10000,100000
#   tests/bench/run.sh --without script,getmail6 and, for these, with fewer mails: a quarter of an hour
#   tests/bench/run.sh --quick                   100 mails, one run of each: whether everything works, not how fast
#   tests/bench/run.sh --help                    every option
#
# docs/PERFORMANCE.md says what is promised. Programs from Debian are installed where they are missing (as root, or with
# sudo). KARAMAIL_BIN names another karamail, KARAMAIL_MEASURE a measuring program that is built already.
. "$(dirname "$0")/measure.sh"
need fetchmail getmail6:getmail mpop strace perl util-linux:setpriv
measure peers "$@"
