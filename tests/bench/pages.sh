#!/bin/sh
# Measures every page with 100,000 receipts and 36 months of logs; fails where one takes more than 50 ms at its median.
#   tests/bench/pages.sh [RECEIPTS] [ROUNDS]
set -eu
cd "$(dirname "$0")/../.."
exec cargo run --release --quiet -p karamail-tests --bin pages -- "${1:-100000}" "${2:-40}"
