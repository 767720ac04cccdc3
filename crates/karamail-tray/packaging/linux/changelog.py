#!/usr/bin/env python3
"""Writes CHANGELOG.md as Debian's tools want to read it: changelog.py CHANGELOG.md >changelog"""

import os
import re
import sys
import textwrap
import time
from datetime import datetime, timezone
from email.utils import format_datetime

MAINTAINER = "The Karamail developers <karamail@packages.invalid>"


def when(note):
    """The day of a release, "2026-11-22"; what is not released yet is of now."""
    day = re.search(r"\d{4}-\d{2}-\d{2}", note)
    if day:
        return datetime.fromisoformat(day.group()).replace(tzinfo=timezone.utc)
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", time.time())), timezone.utc)


def main():
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    end = None
    text = open(sys.argv[1], encoding="utf-8").read()
    # One line a point, however it was broken.
    for line in re.sub(r"\n +", " ", text).splitlines():
        release = re.match(r"## (\S+)(.*)", line)
        if release:
            if end:
                print(end)
            print(f"karamail ({release.group(1)}-1) unstable; urgency=medium\n")
            end = f"\n -- {MAINTAINER}  {format_datetime(when(release.group(2)))}\n"
        elif end and line.startswith("- "):
            print(textwrap.fill(line[2:], 78, initial_indent="  * ", subsequent_indent="    "))
    if not end:
        sys.exit("no release is told")
    print(end, end="")


if __name__ == "__main__":
    main()
