#!/usr/bin/env bash
# Runs all tests, in named parts, on a machine that has the Rust toolchain:
#
#   tests/run.sh                 everything
#   tests/run.sh unit crash      these parts only
#   tests/run.sh --list          the parts' names
#   tests/run.sh bench           whether the measurements of tests/bench work
#   tests/run.sh packages        the Debian packages: not among "everything" yet
#
# Real mail servers and Chromium come from Debian and are installed where they are missing (as root, or with sudo). The
# servers run on free ports of 127.0.0.1 from temporary folders; the system's own mail services are neither used nor
# started. What drives Chromium comes from npm. CHROMIUM names another one.
# KARAMAIL_KILLS=1000 makes the crash test longer; KARAMAIL_SEED repeats one.
# KARAMAIL_SIM_SEEDS=50000 makes the simulation longer; a seed that fails says how it is repeated.
# KARAMAIL_FUZZ_SECONDS=3600 makes each fuzzer run that long (60 else); what is found says how it is played again.
set -u
cd "$(dirname "$0")/.." || exit 1

# Name, and seconds it may take: several times what a slow machine with two cores needs for a first build.
PARTS=(
  "tools 900"
  "fmt 120"
  "clippy 2400"
  "doc 2400"
  "unit 2400"
  "simulation 2400"
  "fuzz 3600"
  "style 1200"
  "build 3000"
  "demo 1200"
  "drivers 1200"
  "servers 2400"
  "hostile 1200"
  "browser 1200"
  "crash 7200"
  "faults 1800"
  "desktop 2400"
  "wine 3600"
)
# Parts that run when they are named, and only then.
NAMED=(
  "bench 2400"
  "packages 3600"
)

target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$PWD/$target ;; esac
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
export KARAMAIL_BIN=$target/release/karamail
export KARAMAIL_CRASH_BIN=$target/crash-points/karamail

part_tools() {
  command -v cargo >/dev/null || { echo "The Rust toolchain is missing: https://rustup.rs"; return 1; }
  local packages=()
  command -v cc >/dev/null || packages+=(gcc libc6-dev)
  [ -x /usr/sbin/dovecot ] || packages+=(dovecot-core)
  [ -x /usr/lib/dovecot/pop3 ] || packages+=(dovecot-pop3d)
  [ -x /usr/lib/postfix/sbin/master ] || packages+=(postfix)
  command -v setpriv >/dev/null && command -v setsid >/dev/null && command -v prlimit >/dev/null || packages+=(util-linux)
  command -v mount >/dev/null || packages+=(mount)
  [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || packages+=(chromium)
  # Pictures of Japanese screens without a Japanese font are boxes.
  [ -d /usr/share/fonts/opentype/noto ] || packages+=(fonts-noto-cjk)
  command -v node >/dev/null || packages+=(nodejs)
  command -v npm >/dev/null || packages+=(npm)
  command -v pdftotext >/dev/null || packages+=(poppler-utils)
  command -v zbarimg >/dev/null || packages+=(zbar-tools)
  if [ ${#packages[@]} -gt 0 ]; then
    install_packages "${packages[@]}" || return 1
  fi
  for component in rustfmt clippy; do
    cargo "${component/rustfmt/fmt}" --version || rustup component add "$component" || return 1
  done
  npm ci --prefix tests/browser --no-audit --no-fund || {
    echo "npm could not bring what tests/browser/package-lock.json names; it needs the network, or a registry in npm's settings."
    return 1
  }
  rustc --version
  /usr/sbin/dovecot --version
  /usr/sbin/postconf -d mail_version
  echo "node $(node --version)"
  "${CHROMIUM:-/usr/bin/chromium}" --version 2>/dev/null
}

install_packages() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo -n)
  fi
  if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true; then
    echo "These Debian packages are missing and cannot be installed from here: $*"
    return 1
  fi
  # Says no to every service that a package would start (invoke-rc.d(8)); only where nobody has said something else.
  local policy=/usr/sbin/policy-rc.d ours=
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod 755 "$policy"
    ours=yes
  fi
  echo "postfix postfix/main_mailer_type select Local only" | "${as_root[@]}" debconf-set-selections
  "${as_root[@]}" apt-get update -q &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get install -q -y --no-install-recommends -o Dpkg::Options::=--force-confold "$@"
  local result=$?
  if [ -n "$ours" ]; then
    "${as_root[@]}" rm -f "$policy"
  fi
  return $result
}

part_fmt() { cargo fmt --all --check; }

part_clippy() {
  cargo clippy --workspace --exclude karamail-tray --all-targets -- -D warnings &&
    cargo clippy -p karamail --all-targets --features crash-points -- -D warnings
}

part_doc() { RUSTDOCFLAGS="-D warnings" cargo doc --workspace --exclude karamail-tray --no-deps --document-private-items; }

part_unit() { cargo test; }

# Thousands of plays of the whole engine in a world that misbehaves from a seed (docs/RELIABILITY.md).
part_simulation() {
  KARAMAIL_SIM_SEEDS=${KARAMAIL_SIM_SEEDS:-3000} KARAMAIL_SIM_TWICE=${KARAMAIL_SIM_TWICE:-100} \
    cargo test -p karamail-engine --lib simulation -- --nocapture --test-threads=1
}

# Every parser of foreign bytes against bytes that look for a way through it (tests/fuzz, decision 0135). In the part's time are a
# first build and seven fuzzers two at a time; longer runs go by tests/fuzz/run.sh.
part_fuzz() {
  command -v c++ >/dev/null || install_packages g++ || return 1
  tests/fuzz/run.sh
}

part_style() { cargo test -p karamail-tests --test tidy; }

# Both binaries from one target folder: only two crates differ, and the one without crash points stays in place.
part_build() {
  cargo build --release -p karamail --features crash-points &&
    mkdir -p "$target/crash-points" &&
    cp "$target/release/karamail" "$KARAMAIL_CRASH_BIN" &&
    cargo build --release -p karamail &&
    ls -l "$KARAMAIL_BIN" "$KARAMAIL_CRASH_BIN"
}

part_demo() {
  cargo run --release -- demo --customers 5 --exit &&
    cargo test -p karamail-tests --test demo --test manual
}

part_drivers() { with_servers --test fixtures --test invariants --test real_pop3 --test real_smtp; }

part_servers() {
  with_servers --test real_servers --test real_bounces --test real_faults --test real_accounts --test real_passwords \
    --test real_series --test real_self_test
}

# Mails of 100 MB, of a million parts, to 10,000 recipients: the program's memory is printed and bounded (docs/HOSTILE.md).
part_hostile() { with_servers --test hostile; }

# The screens in real Chromium; what failed tests saw is kept in target/browser.
part_browser() { with_servers --test browser; }

part_crash() { with_servers --test crash; }

# The real program on a machine that fails: disk, folders, clock, memory (docs/RELIABILITY.md).
part_faults() { with_servers --test machine_disk --test machine_folder --test machine_time; }

# Whether the measurements of tests/bench work, with few mails: every program does the whole work. Not how fast.
part_bench() {
  local packages=() one
  for one in fetchmail getmail6:getmail mpop strace perl util-linux:setpriv; do
    command -v "${one#*:}" >/dev/null || packages+=("${one%:*}")
  done
  if [ ${#packages[@]} -gt 0 ]; then
    install_packages "${packages[@]}" || return 1
  fi
  with_servers --test bench
}

# The desktop programs; they alone want GTK and WebKitGTK.
part_desktop() {
  local packages=()
  pkg-config --exists gtk+-3.0 2>/dev/null || packages+=(libgtk-3-dev pkg-config)
  pkg-config --exists webkit2gtk-4.1 2>/dev/null || packages+=(libwebkit2gtk-4.1-dev)
  # A desktop of the test's own: a bus, a screen, and a mail server behind it.
  command -v dbus-daemon >/dev/null || packages+=(dbus)
  command -v Xvfb >/dev/null || packages+=(xvfb)
  command -v import >/dev/null || packages+=(imagemagick)
  [ -x /usr/sbin/dovecot ] || packages+=(dovecot-core)
  [ -x /usr/lib/dovecot/pop3 ] || packages+=(dovecot-pop3d)
  # A real Secret Service with its own way in, and who starts what a desktop file says.
  command -v gnome-keyring-daemon >/dev/null || packages+=(gnome-keyring)
  command -v secret-tool >/dev/null || packages+=(libsecret-tools)
  command -v gio >/dev/null || packages+=(libglib2.0-bin)
  if [ ${#packages[@]} -gt 0 ]; then
    install_packages "${packages[@]}" || return 1
  fi
  cargo clippy -p karamail-tray --all-targets -- -D warnings &&
    RUSTDOCFLAGS="-D warnings" cargo doc -p karamail-tray --no-deps --document-private-items &&
    cargo test -p karamail-tray &&
    cargo build -p karamail-tray -p karamail &&
    with_servers --test desktop_tray --test desktop_start --test desktop_rest --test desktop_life &&
    desktop_window
}

# The window on an X server, driven by WebKit's own driver; pictures are kept in target/desktop.
desktop_window() {
  local packages=()
  [ -x /usr/bin/WebKitWebDriver ] || packages+=(webkit2gtk-driver)
  [ -x /usr/bin/Xvfb ] || packages+=(xvfb)
  command -v xdotool >/dev/null || packages+=(xdotool)
  command -v openbox >/dev/null || packages+=(openbox)
  command -v wmctrl >/dev/null || packages+=(wmctrl)
  command -v import >/dev/null || packages+=(imagemagick)
  [ -d /usr/share/fonts/opentype/noto ] || packages+=(fonts-noto-cjk)
  if [ ${#packages[@]} -gt 0 ]; then
    install_packages "${packages[@]}" || return 1
  fi
  cargo build -p karamail-tray &&
    cargo test -p karamail-tests --test desktop_window -- --nocapture --test-threads=2
}

part_wine() {
  local packages=()
  # A compiler with the source of its standard library, and a desktop to try the programs on.
  [ -d /usr/lib/rustlib/src/rust ] || packages+=(rustc-web cargo-web rust-web-src)
  command -v x86_64-w64-mingw32-gcc >/dev/null || packages+=(gcc-mingw-w64-x86-64)
  command -v wine >/dev/null || packages+=(wine wine64)
  command -v Xvfb >/dev/null || packages+=(xvfb)
  command -v xdotool >/dev/null || packages+=(xdotool)
  command -v import >/dev/null || packages+=(imagemagick)
  command -v makensis >/dev/null || packages+=(nsis)
  command -v python3 >/dev/null || packages+=(python3)
  # The desktop is a Japanese one; its fonts and its language.
  [ -e /usr/share/i18n/locales/ja_JP ] || packages+=(locales)
  [ -d /usr/share/fonts/opentype/noto ] || packages+=(fonts-noto-cjk)
  if [ ${#packages[@]} -gt 0 ]; then
    install_packages "${packages[@]}" || return 1
  fi
  tests/windows/build.sh && with_servers --test wine --test wine_setup --test wine_files
}

# The Debian packages, from programs as tests build them: quick to make. Those that people get come from .github/workflows/release.yml.
part_packages() {
  local packages=()
  pkg-config --exists gtk+-3.0 2>/dev/null || packages+=(libgtk-3-dev pkg-config)
  pkg-config --exists webkit2gtk-4.1 2>/dev/null || packages+=(libwebkit2gtk-4.1-dev)
  command -v dpkg-shlibdeps >/dev/null || packages+=(dpkg-dev)
  command -v strip >/dev/null || packages+=(binutils)
  command -v python3 >/dev/null || packages+=(python3)
  command -v lintian >/dev/null || packages+=(lintian)
  command -v desktop-file-validate >/dev/null || packages+=(desktop-file-utils)
  command -v systemd-analyze >/dev/null || packages+=(systemd)
  command -v shellcheck >/dev/null || packages+=(shellcheck)
  command -v man >/dev/null || packages+=(man-db)
  command -v unshare >/dev/null || packages+=(util-linux)
  command -v rsvg-convert >/dev/null || packages+=(librsvg2-bin)
  command -v compare >/dev/null || packages+=(imagemagick)
  if [ ${#packages[@]} -gt 0 ]; then
    install_packages "${packages[@]}" || return 1
  fi
  local tools=$target/tools
  PATH=$tools/bin:$PATH
  cargo deb --version 2>/dev/null | grep -qx 3.8.0 ||
    CARGO_TARGET_DIR=$tools/build cargo install cargo-deb --version 3.8.0 --locked --root "$tools" || return 1
  export KARAMAIL_PACKAGES=$target/packages
  rm -rf "$KARAMAIL_PACKAGES"
  cargo build --locked -p karamail-tray --bins && cargo build --locked --bin karamail &&
    crates/karamail-tray/packaging/linux/package.sh "$target/debug" "$KARAMAIL_PACKAGES" &&
    with_servers --test packages
}

# Dovecot and Postfix want root, and so does a manager of services. Two tests at a time: each has servers of its own, and the times printed mean something.
with_servers() {
  if [ "$(id -u)" -ne 0 ]; then
    local triple
    triple=$(rustc -vV | sed -n 's/^host: //p' | tr 'a-z-' 'A-Z_')
    export "CARGO_TARGET_${triple}_RUNNER=sudo -n --preserve-env=KARAMAIL_BIN,KARAMAIL_CRASH_BIN,KARAMAIL_KILLS,KARAMAIL_SEED,KARAMAIL_PICTURES,KARAMAIL_PACKAGES,CHROMIUM"
  fi
  cargo test -p karamail-tests "$@" -- --nocapture --test-threads=2
}

names() { for part in "$@"; do echo "${part% *}"; done; }

case ${1-} in
  --list)
    names "${PARTS[@]}" "${NAMED[@]}"
    exit 0
    ;;
  --install) # What else stands beside us: tests/bench.
    shift
    install_packages "$@"
    exit
    ;;
  --part) # One part, inside the time limit that the run below sets.
    "part_$2"
    exit
    ;;
esac

wanted=("$@")
[ ${#wanted[@]} -gt 0 ] || mapfile -t wanted < <(names "${PARTS[@]}")
for name in "${wanted[@]}"; do
  names "${PARTS[@]}" "${NAMED[@]}" | grep -qx -- "$name" ||
    { echo "No part is called $name; there are: $(names "${PARTS[@]}" "${NAMED[@]}" | tr '\n' ' ')"; exit 2; }
done

summary=()
failed=0
for part in "${PARTS[@]}" "${NAMED[@]}"; do
  name=${part% *} limit=${part#* }
  [[ " ${wanted[*]} " == *" $name "* ]] || continue
  printf '\n=== %s (at most %s s)\n' "$name" "$limit"
  begin=$SECONDS
  timeout --kill-after=30 "$limit" bash tests/run.sh --part "$name" </dev/null
  result=$?
  took=$((SECONDS - begin))
  case $result in
    0) verdict=passed ;;
    124 | 137) verdict="FAILED: over its time" ;;
    *) verdict="FAILED: exit code $result" ;;
  esac
  [ $result -eq 0 ] || failed=1
  line=$(printf '%-8s %5d s  %s' "$name" "$took" "$verdict")
  summary+=("$line")
  printf -- '--- %s\n' "$line"
done

printf '\n=== summary\n'
printf '%s\n' "${summary[@]}"
exit $failed
