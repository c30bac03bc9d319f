#!/bin/sh
# examples.sh BUILD - installs into a scratch prefix with a space's worth of distance from the tree, compiles every
# example against it by pkg-config, shared and static, runs it, compares what it prints with examples/*.out, and sees
# that uninstalling leaves nothing behind.
cd "$(dirname "$0")/.." || exit 2
: "${CC:=gcc}" "${MAKE:=make}"
build=$1
mkdir -p "$build" && build=$(cd "$build" && pwd)
prefix=$build/installed
failed=0
wrong() { echo "$1"; failed=1; }

rm -rf "$prefix"
$MAKE -s BUILD="$build" prefix="$prefix" install || exit 1
PKG_CONFIG_PATH=$prefix/lib/pkgconfig
LD_LIBRARY_PATH=$prefix/lib
export PKG_CONFIG_PATH LD_LIBRARY_PATH
version=$(sed -n 's/^.define ARYL_VERSION "\([^"]*\)".*/\1/p' include/aryl/core.h)
[ "$(pkg-config --modversion aryl)" = "$version" ] || wrong "aryl.pc does not say version $version"

mkdir -p "$build/examples"
for source in examples/*.c; do
    name=$(basename "$source" .c)
    for form in shared static; do
        program=$build/examples/$name-$form
        case $form in
        shared) libs=$(pkg-config --libs aryl) ;;
        static) libs="$(pkg-config --variable=libdir aryl)/libaryl.a $(pkg-config --static --libs-only-l aryl | sed 's/-laryl//') $(pkg-config --static --libs-only-other aryl)" ;;
        esac
        # shellcheck disable=SC2046,SC2086
        $CC -std=c11 -Wall -Wextra -Werror $(pkg-config --cflags aryl) "$source" -o "$program" $libs || { wrong "$source does not compile ($form)"; continue; }
        timeout 60 "$program" > "$program.txt" || wrong "$source fails ($form)"
        if [ -f "examples/$name.out" ]; then
            diff "examples/$name.out" "$program.txt" || wrong "$source prints something else ($form)"
        fi
    done
done
"$prefix/bin/aryl" --version | grep -q "$version" || wrong "the installed command does not say its version"

# DESTDIR goes in front, the prefix stays what aryl.pc says
$MAKE -s BUILD="$build" DESTDIR="$build/staged" prefix=/opt/aryl install || exit 1
grep -q '^prefix=/opt/aryl$' "$build/staged/opt/aryl/lib/pkgconfig/aryl.pc" || wrong "aryl.pc does not name the prefix"
$MAKE -s BUILD="$build" DESTDIR="$build/staged" prefix=/opt/aryl uninstall
$MAKE -s BUILD="$build" prefix="$prefix" uninstall
left=$(find "$prefix" "$build/staged" ! -type d)
[ -z "$left" ] || wrong "uninstall leaves $left"
rm -rf "$prefix" "$build/staged"
exit $failed
