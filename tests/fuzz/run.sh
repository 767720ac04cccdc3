#!/usr/bin/env bash
# Builds the fuzzers and runs them over their corpora (docs/decisions/0135):
#
#   tests/fuzz/run.sh                          each one a minute, two side by side
#   tests/fuzz/run.sh pop3_session config      these alone
#   tests/fuzz/run.sh --list                   their names
#   tests/fuzz/run.sh --repeat TARGET FILE...  plays files, such as one that was found
#
# KARAMAIL_FUZZ_SECONDS=3600 makes it longer; KARAMAIL_FUZZ_AT_ONCE=1 runs one after the other.
# KARAMAIL_FUZZ_SEED=0 takes other dice each time; the usual ones are always the same.
# What is found lies in target/fuzz/found/TARGET and is named at the end. Kept in tests/fuzz/found/TARGET, `cargo test` plays
# it from then on. What a run learns stays in target/fuzz/learnt and is where the next one begins.
# Wants the Rust toolchain and a C++ compiler.
set -u
cd "$(dirname "$0")/../.." || exit 1

SECONDS_EACH=${KARAMAIL_FUZZ_SECONDS:-60}
AT_ONCE=${KARAMAIL_FUZZ_AT_ONCE:-2}
# The same one each time: a run that fails was not merely unlucky, and is not green again by itself.
SEED=${KARAMAIL_FUZZ_SEED:-1}
ALL=(pop3_session mail_facts template config delivery_report mailbox_file monthly_log)

target=${CARGO_TARGET_DIR:-target}
case $target in /*) ;; *) target=$PWD/$target ;; esac
target=$target/fuzz
triple=$(rustc -vV | sed -n 's/^host: //p')
bin=$target/$triple/release

# What cargo-fuzz gives the compiler for `-s none`; all of it is stable. The triple keeps it from the build scripts.
build() {
  RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing" CARGO_TARGET_DIR=$target \
    cargo build --locked --release --manifest-path tests/fuzz/Cargo.toml --target "$triple"
}

# One fuzzer. Whatever it does, its log ends in its own figures.
fuzz() {
  local name=$1
  local found=$target/found/$name/ learnt=$target/learnt/$name log=$target/$name.log
  mkdir -p "$found" "$learnt"
  # Its standard input is nobody's: a settings file may name it.
  nice -n 5 "$bin/$name" "$learnt" "tests/fuzz/corpus/$name" -artifact_prefix="$found" \
    -dict="tests/fuzz/dictionaries/$name.dict" -seed="$SEED" -max_total_time="$SECONDS_EACH" -max_len=4096 -timeout=20 \
    -rss_limit_mb=1024 -print_final_stats=1 >"$log" 2>&1 </dev/null
}

tell() {
  local name=$1 result=$2 log=$target/$1.log
  local -x LC_ALL=C
  local last places
  last=$(grep -aE '^#[0-9]+.*cov:' "$log" | tail -n 1)
  places=$(sed -nE 's/.*\(([0-9]+) inline 8-bit counters\).*/\1/p' "$log" | head -n 1)
  printf '%-16s %s executions, %s a second; %s\n' "$name" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
    "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")" \
    "$(printf '%s' "$last" | sed -nE "s/.*cov: ([0-9]+) ft: ([0-9]+) corp: ([^ ]+).*/\1 of ${places:-?} places, \2 features, corpus \3/p")"
  [ "$result" -eq 0 ] && return
  grep -a -B 1 -A 12 -E 'panicked at|^==[0-9]+== *ERROR' "$log" | cut -c 1-400 | head -n 40
  sed -n 's/.*Test unit written to //p' "$log" | while read -r file; do
    printf 'FOUND %s\n  play it again: tests/fuzz/run.sh --repeat %s %s\n' "$file" "$name" "$file"
  done
  printf 'FAILED %s: exit code %s; all it said is in %s\n' "$name" "$result" "$log"
}

case ${1:-} in
  --list)
    printf '%s\n' "${ALL[@]}"
    exit
    ;;
  --repeat)
    name=${2:?which fuzzer} && shift 2 && build && exec "$bin/$name" -timeout=20 "$@" </dev/null
    exit 1
    ;;
esac

names=("$@")
[ ${#names[@]} -gt 0 ] || names=("${ALL[@]}")
for name in "${names[@]}"; do
  [ -e "tests/fuzz/targets/$name.rs" ] || { echo "There is no fuzzer $name; tests/fuzz/run.sh --list" && exit 1; }
done
if ! build; then
  # The lock file is its own: it does not see what the project's crates need since.
  echo "If the lock file is out of date: cargo update --workspace --manifest-path tests/fuzz/Cargo.toml"
  exit 1
fi

failed=0
while [ ${#names[@]} -gt 0 ]; do
  batch=("${names[@]:0:AT_ONCE}")
  names=("${names[@]:AT_ONCE}")
  pids=()
  for name in "${batch[@]}"; do
    fuzz "$name" &
    pids+=($!)
  done
  for i in "${!batch[@]}"; do
    wait "${pids[$i]}"
    result=$?
    tell "${batch[$i]}" $result
    [ $result -eq 0 ] || failed=1
  done
done
[ $failed -eq 0 ] && echo "$SECONDS_EACH seconds each: nothing found"
exit $failed
