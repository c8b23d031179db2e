#!/bin/sh
# sizes.sh OUT: text and static memory of the core on the chip's instruction sets, where a cross compiler is on PATH.
# Ends with 1 when a budget is exceeded. One line a target: "<target> text <bytes> ram <bytes>", or "... skipped: ...".
set -eu
TEXT_MAX_BYTES=65536
RAM_MAX_BYTES=16384
here=$(cd "$(dirname "$0")" && pwd)
core=$here/../components/core
flags="-std=c11 -Os -ffunction-sections -Wall -Wextra -Wconversion -Wshadow -Werror -I$core/include"
exceeded=0

measure() { # target, tool prefix, compiler flags
  target=$1 prefix=$2
  shift 2
  if ! command -v "$prefix-gcc" >/dev/null; then
    echo "$target skipped: no cross compiler ($prefix-gcc)"
    return
  fi
  mkdir -p "$out/$target"
  for source in "$core"/src/*.c "$here/footprint.c"; do
    # shellcheck disable=SC2086 # flags are words
    "$prefix-gcc" "$@" $flags -c "$source" -o "$out/$target/$(basename "$source" .c).o"
  done
  set -- $("$prefix-size" -t "$out/$target"/*.o | tail -n 1)
  ram=$(($2 + $3))
  echo "$target text $1 ram $ram"
  if [ "$1" -gt $TEXT_MAX_BYTES ] || [ "$ram" -gt $RAM_MAX_BYTES ]; then
    echo "$target exceeds its budget of $TEXT_MAX_BYTES bytes of text and $RAM_MAX_BYTES of static memory" >&2
    exceeded=1
  fi
}

out=$1
measure riscv32 riscv64-unknown-elf -march=rv32imc_zicsr_zifencei -mabi=ilp32 --specs=picolibc.specs
measure xtensa xtensa-lx106-elf -isystem /usr/lib/xtensa-lx106-elf/include
exit $exceeded
