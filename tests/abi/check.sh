#!/bin/sh
# check.sh BUILD [record] - what programs linked to the library rely on, compared with what was recorded: the exported
# symbols, of the shared and of the static library, and the layout of public structs. `record` writes the lists anew:
# additions are fine; anything that changes or goes needs another ABI number (docs/abi.md).
cd "$(dirname "$0")/../.." || exit 2
: "${CC:=gcc}"
build=$1
failed=0

symbols() { LC_ALL=C sort | LC_ALL=C uniq; }
nm -D --defined-only "$build/libaryl.so" | awk '{print $3}' | symbols > "$build/symbols.so"
nm -g --defined-only "$build/libaryl.a" | awk 'NF == 3 {print $3}' | symbols > "$build/symbols.a"
awk -f tests/abi/layout.awk include/aryl/*.h > "$build/layout.c" &&
    $CC -std=c11 -Wall -Werror -Iinclude "$build/layout.c" -o "$build/layout" && "$build/layout" > "$build/layout.txt" || exit 1

if [ "$2" = record ]; then
    cp "$build/symbols.so" tests/abi/symbols.txt
    cp "$build/layout.txt" tests/abi/layout.txt
fi
same() {   # same RECORDED FOUND WHAT
    diff "$1" "$2" > "$build/abi.diff" && return
    echo "$3 (< recorded in $1, > found; \`tests/abi/check.sh $build record\` after thinking):"
    cat "$build/abi.diff"
    failed=1
}
same tests/abi/symbols.txt "$build/symbols.so" "exported symbols of libaryl.so"
same tests/abi/symbols.txt "$build/symbols.a" "global symbols of libaryl.a"
# what is declared must be there, and what is there declared
cat include/aryl/*.h | tr '\n' ' ' | grep -o 'ARYL_API[^;({]*[^;(]*(' | grep -o 'aryl_[a-z0-9_]* *($' | tr -d ' (' | symbols > "$build/symbols.h"
same "$build/symbols.h" "$build/symbols.so" "declared in the headers, exported by the library"
# nothing but the C library, libm and the chosen runtime of threads is needed
if [ "$(uname)" = Linux ]; then
    foreign=$(readelf -d "$build/libaryl.so" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p' |
        grep -vE '^(libc|libm|libpthread|libdl|libgomp|libomp|libgcc_s|libasan|libubsan|libtsan|ld-linux.*)\.so')
    [ -z "$foreign" ] || { echo "libaryl.so needs $foreign"; failed=1; }
fi
case $(uname) in
Linux)
    if [ -e tests/abi/layout.txt ] && [ "$(getconf LONG_BIT)" = 64 ]; then
        same tests/abi/layout.txt "$build/layout.txt" "layout of public structs and values of constants"
    fi
    ;;
esac
exit $failed
