#!/usr/bin/env bash
# Size, start, memory and wake-ups at rest, after many mails, and over half an hour with faults (--soak 240: four hours).
#   tests/bench/footprint.sh [--quick] [--mails N] [--soak MINUTES] [--seed N] [--help]
# The tray is measured where it is built (KARAMAIL_TRAY_BIN, or beside karamail) and Xvfb and dbus-daemon are there.
. "$(dirname "$0")/measure.sh"
measure footprint "$@"
