#!/bin/sh
# Builds karamail-tray.exe, karamail-window.exe and karamail.exe on Debian, and lays out under target/windows/:
#
#   program/   what is shipped: the three programs and WebView2Loader.dll
#   packages/  the installer and the portable zip
#   wine/      for tests under Wine, never shipped: bcryptprimitives.dll, which Wine 8 lacks and Rust's standard library imports; the
#              tests of the link between the programs; a program that tells the rights of a pipe
#
# Wants gcc-mingw-w64-x86-64, nsis and Debian's rustc-web, cargo-web and rust-web-src: that compiler comes with the source of its
# standard library, which is built along. `--ship` builds as releases are built, with optimisation across crates: smaller, and slow.
set -eu
cd "$(dirname "$0")/../.."

TARGET=x86_64-pc-windows-gnu
export CARGO_TARGET_DIR="${KARAMAIL_WINDOWS_TARGET:-$PWD/target/windows}"
OUT="$CARGO_TARGET_DIR"

# No rustup in the path: its proxies would take the place of Debian's compiler.
export PATH=/usr/bin:/bin RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1
export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc
export CC_x86_64_pc_windows_gnu=x86_64-w64-mingw32-gcc
export CARGO_PROFILE_RELEASE_DEBUG=false CARGO_INCREMENTAL=0
if [ "${1:-}" != --ship ]; then
    export KARAMAIL_QUICK=1
    export CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1
fi

/usr/bin/cargo build --locked --release -Zbuild-std=std,panic_abort --target "$TARGET" -j2 \
    -p karamail-tray --bins -p karamail --bin karamail
if [ "${1:-}" != --ship ]; then
    /usr/bin/cargo test --no-run --locked --release -Zbuild-std=std,panic_abort --target "$TARGET" -j2 -p karamail-tray --lib
fi

mkdir -p "$OUT/program" "$OUT/wine"
for program in karamail-tray karamail-window karamail; do
    cp "$OUT/$TARGET/release/$program.exe" "$OUT/program/"
done
# The newest, where an older build lies there too.
loader=$(ls -t "$OUT/$TARGET"/release/build/webview2-com-sys-*/out/x64/WebView2Loader.dll | head -n 1)
cp "$loader" "$OUT/program/"

for tests in $(ls -t "$OUT/$TARGET"/release/deps/karamail_tray-*.exe 2>/dev/null | head -n 1); do
    cp "$tests" "$OUT/wine/link-tests.exe"
done
x86_64-w64-mingw32-gcc -O1 -s -o "$OUT/wine/rights.exe" tests/windows/rights.c -ladvapi32
x86_64-w64-mingw32-gcc -shared -O1 -s -o "$OUT/wine/bcryptprimitives.dll" tests/windows/bcryptprimitives.c -ladvapi32 -Wl,--kill-at

crates/karamail-tray/packaging/windows/package.sh "$OUT/program" "$OUT/packages"
