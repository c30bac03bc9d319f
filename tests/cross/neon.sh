#!/bin/sh
# neon.sh BUILD - the NEON kernels, compiled by a cross compiler and run by an emulator, against the definition.
# Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
cd "$(dirname "$0")/../.." || exit 2
: "${CROSS:=aarch64-linux-gnu-gcc}" "${EMULATOR:=qemu-aarch64}"
for tool in "$CROSS" "$EMULATOR"; do
    command -v "$tool" > /dev/null || { echo "no $tool: NEON was not checked"; exit 1; }
done
mkdir -p "$1" && $CROSS -static -std=c11 -O2 -Wall -Wextra -Iinclude -Ilib -DARYL_THREADS_NONE \
    tests/cross/simd_same.c lib/simd/*.c lib/base/arena.c lib/base/status.c -lm -o "$1/simd_same" && $EMULATOR "$1/simd_same"
