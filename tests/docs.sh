#!/bin/sh
# docs.sh BUILD - what the documentation says exists, and what it shows compiles: links lead somewhere, files and make
# targets it names are there, whole C programs in it compile, printed pages are up to date.
cd "$(dirname "$0")/.." || exit 2
: "${CC:=gcc}"
build=$1
mkdir -p "$build"
failed=0
wrong() { echo "$1"; failed=1; }

for page in README.md CHANGELOG.md $(find docs -name '*.md'); do
    # [text](target): relative targets
    for target in $(awk '/^```/ {inside = !inside; next} !inside' "$page" | sed 's/`[^`]*`//g' | grep -o '](\([^)#: ]*\))' | sed 's/](\(.*\))/\1/'); do
        [ -e "$(dirname "$page")/$target" ] || wrong "$page: no $target"
    done
    # `tests/...`, `lib/...` and the like
    for path in $(grep -oE '`(tests|lib|docs|examples|bindings|include)/[A-Za-z0-9_./-]+`' "$page" | tr -d '`'); do
        [ -e "$path" ] || wrong "$page: no $path"
    done
    # the same in what it shows, where a reader copies it
    for path in $(awk '/^```/ {inside = !inside; next} inside' "$page" | grep -oE '(^| )(tests|lib|docs|examples|bindings|include)/[A-Za-z0-9_./-]+'); do
        [ -e "$path" ] || wrong "$page: no $path"
    done
    for target in $(grep -oE '`make [a-z-]+' "$page" | sed 's/.* //'; awk '/^```/ {inside = !inside; next} inside && /^make [a-z]/ {print $2}' "$page"); do
        case $target in *=*) continue ;; esac
        grep -qE "(^| )$target( [a-z-]+)*:" Makefile || wrong "$page: no target $target in the Makefile"
    done
    # C blocks that are whole programs
    awk -v name="$build/docs_block" '/^```c$/ {n++; inside = 1; next} /^```/ {inside = 0} inside {print > (name n ".c")}' "$page"
    for block in "$build"/docs_block*.c; do
        [ -e "$block" ] || continue
        if grep -q 'int main' "$block"; then
            $CC -std=c11 -Wall -Iinclude -fsyntax-only "$block" || wrong "$page: a program does not compile"
        fi
        rm -f "$block"
    done
done
# what the registry prints is what it prints now
"$build/aryl" list desc --markdown | cmp -s - docs/descriptors.md || wrong 'docs/descriptors.md is not what the registry prints: `make docs`'
for table in lib/*/*_table.h lib/*/*_gen.h; do
    if grep -q 'see NOTICE' "$table" && ! grep -q "$table" NOTICE; then wrong "$table refers to NOTICE, which does not name it"; fi
done
exit $failed
