#!/usr/bin/env python3
"""Writes what the licences of the parts that are not ours want written: names, versions, licences and their texts.

    third-party.py TARGET PACKAGE… >THIRD-PARTY.txt      such as: third-party.py x86_64-unknown-linux-gnu karamail-tray

It takes what is linked into the packages named: normal dependencies for that target, from the sources that cargo has fetched. The scripts
and styles of the screens lie in crates/karamail-web/assets with their licences.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE")


def metadata(target):
    command = [os.environ.get("CARGO", "cargo"), "metadata", "--format-version", "1", "--locked", "--filter-platform", target]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


def linked(data, roots):
    """The packages below the roots, without what only builds or tests them."""
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    packages = {package["id"]: package for package in data["packages"]}
    waiting = [package["id"] for package in data["packages"] if package["name"] in roots and package["source"] is None]
    if len(waiting) != len(roots):
        sys.exit(f"not all of {roots} are packages of this workspace")
    seen = set()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for dependency in nodes[one]["deps"]:
            package = packages[dependency["pkg"]]
            is_macro = any("proc-macro" in target["kind"] for target in package["targets"])
            if not is_macro and any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    found = [packages[one] for one in seen if packages[one]["source"] is not None]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def texts(folder):
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name.upper().startswith(NAMES):
            yield path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip()


def main():
    target, roots = sys.argv[1], sys.argv[2:]
    used_by = {}
    out = ["Karamail is built with the parts below. Their authors and licences:", ""]
    for package in linked(metadata(target), roots):
        licence = package["license"] or "see its text"
        out.append(f"{package['name']} {package['version']}: {licence}")
        for text in texts(Path(package["manifest_path"]).parent):
            used_by.setdefault(text, []).append(package["name"])
    assets = ROOT / "crates/karamail-web/assets"
    for name, path in (("htmx", assets / "htmx.LICENSE"), ("Pico CSS", assets / "pico.LICENSE.md")):
        out.append(f"{name}: in the screens")
        used_by.setdefault(path.read_text(encoding="utf-8").strip(), []).append(name)
    out.append("SQLite: public domain (https://sqlite.org/copyright.html)")
    for text, users in used_by.items():
        out += ["", "=" * 100, ", ".join(dict.fromkeys(users)), "=" * 100, "", text]
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    print("\n".join(out))


if __name__ == "__main__":
    main()
