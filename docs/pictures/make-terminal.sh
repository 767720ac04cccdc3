#!/usr/bin/env bash
# Puts what the program prints now into the manuals, between <!-- picture: … --> and <!-- end of picture -->.
# The runs are those of tests/tests/manual.rs, with mail servers of their own on this machine.
set -eu
cd "$(dirname "$0")/../.."
cargo build --release -p karamail
KARAMAIL_PICTURES=write cargo test -p karamail-tests --test manual pictures
