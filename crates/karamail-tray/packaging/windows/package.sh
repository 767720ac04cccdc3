#!/bin/sh
# Makes the installer and the portable zip:
#
#   package.sh FOLDER OUT     FOLDER holds the programs, and WebView2Loader.dll where GNU's tools have built them (Microsoft's link it in);
#                             OUT gets the two files
#
# Wants makensis, python3 and cargo. KARAMAIL_QUICK=1: a larger installer in less time, for tests.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../../.." && pwd)
program=$(cd "$1" && pwd)
mkdir -p "$2"
out=$(cd "$2" && pwd)
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$root/Cargo.toml" | head -n 1)

# Notepad reads line ends of Windows and of Unix; older ones only the former.
python3 "$here/../third-party.py" x86_64-pc-windows-msvc karamail karamail-tray >"$program/third-party.txt"
{
    cat "$root/LICENSE"
    echo
    cat "$program/third-party.txt"
} | sed 's/$/\r/' >"$program/LICENSE.txt"
rm "$program/third-party.txt"
makensis -V2 -NOCD -INPUTCHARSET UTF8 -DVERSION="$version" -DPROGRAM="$program" -DOUT="$out/Karamail-$version-setup.exe" \
    ${KARAMAIL_QUICK:+-DQUICK} \
    -X"!cd $here" "$here/karamail.nsi"

# Portable: with portable.txt beside the programs, all is kept in this folder (see config::Places).
folder="$out/Karamail-$version-portable"
rm -rf "$folder" "$folder.zip"
mkdir "$folder"
for file in karamail-tray.exe karamail-window.exe karamail.exe LICENSE.txt; do
    cp "$program/$file" "$folder/"
done
if [ -f "$program/WebView2Loader.dll" ]; then
    cp "$program/WebView2Loader.dll" "$folder/"
fi
sed 's/$/\r/' "$here/portable.txt" >"$folder/portable.txt"
(cd "$out" && python3 -m zipfile -c "$folder.zip" "Karamail-$version-portable")
rm -rf "$folder"
ls -l "$out"
