#!/bin/sh
# headers.sh - every header compiles alone: the public ones as C11 and C++, strictly; those of the rooms as C11 (lists and templates have one user).
: "${CC:=gcc}" "${CXX:=g++}"
failed=0
try() {   # try NAME COMMAND...: reads a program
    name=$1
    shift
    "$@" || { echo "$name does not compile alone ($1)"; failed=1; }
}
for header in include/aryl.h include/aryl/*.h; do
    name=${header#include/}
    printf '#include <%s>\n#include <%s>\nint here(void); int here(void) { return 0; }\n' "$name" "$name" > "${BUILD:=build}/header.c"
    try "$name" "$CC" -std=c11 -pedantic -Wall -Wextra -Wstrict-prototypes -Werror -Iinclude -fsyntax-only "$BUILD/header.c"
    try "$name" "$CC" -std=c2x -Wall -Wextra -Werror -Iinclude -fsyntax-only "$BUILD/header.c"
    for standard in 98 11 20; do
        try "$name" "$CXX" -std=c++$standard -pedantic -Wall -Wextra -Werror -Wno-long-long -Wno-variadic-macros -Iinclude -fsyntax-only -xc++ "$BUILD/header.c"
    done
done
for header in $(for room in $(cat lib/FLOORS); do echo lib/$room/$room.h; done); do
    printf '#include "%s"\nint here(void); int here(void) { return 0; }\n' "${header#lib/}" > "$BUILD/header.c"
    try "$header" "$CC" -std=c11 -Wall -Wextra -Werror -Iinclude -Ilib -fsyntax-only "$BUILD/header.c"
done
rm -f "$BUILD/header.c"
exit $failed
