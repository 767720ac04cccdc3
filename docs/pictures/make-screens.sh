#!/usr/bin/env bash
# Makes the pictures of the screens anew, docs/pictures/screen-*.png: the program as it is now, in real Chromium, with mail
# servers of its own on this machine. Needs what tests/run.sh tools installs, and root, as the other tests with servers.
set -eu
cd "$(dirname "$0")/../.."
cargo build --release -p karamail
npm ci --prefix tests/browser --no-audit --no-fund
rm -f docs/pictures/screen-*.png
KARAMAIL_PICTURES=write cargo test -p karamail-tests --test browser pictures_of_every_screen -- --nocapture
ls -l docs/pictures/screen-*.png
