#!/bin/sh
# Makes the Debian packages and an archive for other Linux systems:
#
#   package.sh FOLDER OUT     FOLDER holds karamail, karamail-tray and karamail-window; OUT gets the files
#
# Wants cargo-deb (cargo install cargo-deb --version 3.8.0 --locked), dpkg-dev and python3. What the packages depend on is read from the
# programs: they run on the release of Debian or Ubuntu that they were built on, and on later ones.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
programs=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
machine=$(uname -m)
parts=$root/target/packaging
name=karamail-$version-linux-$machine

cd "$root"
rm -rf "$parts"
mkdir -p "$parts/release" "$parts/$name"

# What is made for the packages alone.
python3 "$here/changelog.py" CHANGELOG.md >"$parts/release/changelog"
python3 "$here/../third-party.py" "$machine-unknown-linux-gnu" karamail karamail-tray >"$parts/release/THIRD-PARTY.txt"
cargo run --quiet --locked -p karamail-tray --example icons -- "$parts/release/icons" 16 22 24 32 48 64 128 256

# cargo-deb looks for programs below a target folder.
for program in karamail karamail-tray karamail-window; do
    strip --remove-section=.comment -o "$parts/release/$program" "$programs/$program"
done
for crate in karamail karamail-tray; do
    CARGO_TARGET_DIR=$parts cargo deb --quiet --no-build --locked -p "$crate" --output "$out/"
done

# For other systems: unpack it into /usr/local, or anywhere and start bin/karamail-tray.
mkdir -p "$parts/$name/bin" "$parts/$name/share/man/man1" "$parts/$name/share/applications" "$parts/$name/lib/systemd/user"
cp "$parts"/release/karamail* "$parts/$name/bin/"
cp crates/karamail/packaging/linux/karamail.1 "$here"/*.1 "$parts/$name/share/man/man1/"
cp "$here/karamail.desktop" "$parts/$name/share/applications/"
for size in 32 48 64 128 256; do
    install -D -m 644 "$parts/release/icons/$size.png" "$parts/$name/share/icons/hicolor/${size}x$size/apps/karamail.png"
done
install -D -m 644 "$here/karamail.svg" "$parts/$name/share/icons/hicolor/scalable/apps/karamail.svg"
sed 's,/usr/bin/,/usr/local/bin/,' crates/karamail/packaging/linux/karamail.service >"$parts/$name/lib/systemd/user/karamail.service"
install -D -m 644 -t "$parts/$name/share/doc/karamail" LICENSE CHANGELOG.md README.md README.ja.md docs/CONFIG.md docs/manual.*.md \
    "$parts/release/THIRD-PARTY.txt"
tar --sort=name --owner=0 --group=0 --numeric-owner -C "$parts" -czf "$out/$name.tar.gz" "$name"
ls -l "$out"
