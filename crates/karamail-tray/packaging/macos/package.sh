#!/bin/sh
# Makes Karamail.app and a disk image with it, on a Mac:
#
#   package.sh FOLDER OUT     FOLDER holds karamail, karamail-tray and karamail-window; OUT gets the image
#
# Wants Xcode's command line tools (iconutil, codesign, hdiutil), cargo and python3. The signature is ad hoc: it names nobody, and
# macOS asks before the first start.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
programs=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)
parts=$root/target/packaging
app=$parts/image/Karamail.app

cd "$root"
rm -rf "$parts"
mkdir -p "$app/Contents/MacOS" "$app/Contents/Resources" "$parts/Karamail.iconset"
# karamail-window and karamail lie beside the tray program, which looks for the window there.
cp "$programs/karamail-tray" "$programs/karamail-window" "$programs/karamail" "$app/Contents/MacOS/"
sed "s/@VERSION@/$version/" "$here/Info.plist" >"$app/Contents/Info.plist"
cp LICENSE "$app/Contents/Resources/LICENSE.txt"
python3 "$here/../third-party.py" aarch64-apple-darwin karamail karamail-tray >"$app/Contents/Resources/THIRD-PARTY.txt"

cargo run --quiet --locked -p karamail-tray --example icons -- "$parts/icons" 16 32 64 128 256
for size in 16 32 128 256; do
    cp "$parts/icons/$size.png" "$parts/Karamail.iconset/icon_${size}x$size.png"
done
for size in 16 32 128; do
    cp "$parts/icons/$((size * 2)).png" "$parts/Karamail.iconset/icon_${size}x$size@2x.png"
done
iconutil --convert icns --output "$app/Contents/Resources/Karamail.icns" "$parts/Karamail.iconset"

# Apple's own processors run nothing without a signature, be it one without a name. What lies inside first.
for program in karamail-window karamail; do
    codesign --force --sign - "$app/Contents/MacOS/$program"
done
codesign --force --sign - "$app"
codesign --verify --deep --strict "$app"
plutil -lint "$app/Contents/Info.plist"

ln -s /Applications "$parts/image/Applications"
hdiutil create -quiet -ov -format UDZO -volname "Karamail $version" -srcfolder "$parts/image" "$out/Karamail-$version-macos.dmg"
ls -l "$out"
