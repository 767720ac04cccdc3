#!/usr/bin/env bash
# Makes the pictures of the desktop program anew: docs/pictures/tray-icons.png and window.png. Needs what tests/run.sh desktop installs.
set -eu
cd "$(dirname "$0")/../.."
sheets=$(mktemp -d)
trap 'rm -rf "$sheets"' EXIT
KARAMAIL_PICTURES=$sheets cargo test -q -p karamail-tray --test icons
# The last row of the sheet: the largest size, on a light ground; five cells of 208 pixels, the icon at the left of each.
cells=()
for cell in 0 1 2 3 4; do
  convert "$sheets/tray-icons.png" -crop "136x150+$((cell * 208))+1245" +repage "$sheets/$cell.png"
  cells+=("$sheets/$cell.png")
done
convert "${cells[@]}" -background '#f3f3f3' -splice 12x0 +append -resize 50% -strip docs/pictures/tray-icons.png
cargo build -p karamail-tray
cargo test -q -p karamail-tests --test desktop_window the_window_shows_the_shop
convert target/desktop/window-status.png -trim +repage -strip docs/pictures/window.png
ls -l docs/pictures/tray-icons.png docs/pictures/window.png
