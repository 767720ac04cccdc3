# Read by the scripts beside it: what they need, and the measuring program.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$PWD/$target ;; esac

# need PACKAGE…: installs what is missing, beside the servers that each measurement uses. PACKAGE:PROGRAM where they are
# called differently.
need() {
  local packages=() one
  [ -x /usr/sbin/dovecot ] || packages+=(dovecot-core)
  [ -x /usr/lib/dovecot/pop3 ] || packages+=(dovecot-pop3d)
  [ -x /usr/sbin/smtp-sink ] || packages+=(postfix)
  for one in "$@"; do
    command -v "${one#*:}" >/dev/null || packages+=("${one%:*}")
  done
  if [ ${#packages[@]} -gt 0 ]; then
    tests/run.sh --install "${packages[@]}" || exit 1
  fi
}

# measure WHAT OPTIONS…: builds what is not built, and measures. Servers want root.
measure() {
  # Nothing is installed nor built for release to tell the options.
  case " $* " in *" --help "*) exec cargo run -q -p karamail-tests --bin measure -- "$@" ;; esac
  need
  local as_root=()
  if [ -z "${KARAMAIL_BIN-}" ]; then
    cargo build --release -p karamail
    export KARAMAIL_BIN=$target/release/karamail
  fi
  if [ -z "${KARAMAIL_MEASURE-}" ]; then
    cargo build --release -p karamail-tests --bin measure
    KARAMAIL_MEASURE=$target/release/measure
  fi
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n --preserve-env=KARAMAIL_BIN,KARAMAIL_TRAY_BIN)
  echo "$(date -u '+%Y-%m-%d %H:%M') UTC, $(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg), Linux $(uname -r)"
  exec "${as_root[@]}" "$KARAMAIL_MEASURE" "$@"
}
