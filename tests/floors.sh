#!/bin/sh
# floors.sh ROOT - the dependency rules of the tree, read off its lines. Prints each breach and fails.
cd "$1" || exit 2
breaches=$(
find lib -mindepth 2 -name '*.[ch]' | sort | xargs awk '
    BEGIN {   # floor[room]: its line in FLOORS
        while ((getline line < "lib/FLOORS") > 0) { n++; k = split(line, word, " "); for (i = 1; i <= k; i++) floor[word[i]] = n }
    }
    FNR == 1 {
        split(FILENAME, part, "/"); room = part[2]
        if (!(room in floor)) say("is in a room that lib/FLOORS does not name")
    }
    function say(what) { printf "%s:%d: %s\n", FILENAME, FNR, what }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, quoted, "\""); target = quoted[2]
        k = split(target, part, "/")
        if (target == "aryl.h" || part[1] == "aryl") next
        if (k != 2) say("includes \"" target "\", which is not written as room/file.h")
        else if (!(part[1] in floor)) say("includes \"" target "\" of no room that lib/FLOORS names")
        else if (part[1] != room && floor[part[1]] >= floor[room])
            say("includes \"" target "\": " part[1] " is not below " room)
        next
    }
    /^[ \t]*#[ \t]*pragma[ \t]+omp/ && FILENAME != "lib/base/parallel.c" { say("#pragma omp belongs to lib/base/parallel.c") }
    {
        code = $0
        gsub(/"([^"\\]|\\.)*"/, "\"\"", code); sub(/\/\/.*/, "", code); gsub(/\/\*.*\*\//, "", code)
        if (code ~ /^[ \t]*\*/) next
        if (room != "base" && code ~ /(^|[^A-Za-z0-9_])(malloc|calloc|realloc|free|strdup|strndup|aligned_alloc|posix_memalign)[ \t]*\(/)
            say("memory comes from lib/base only")
        if (code ~ /(^|[^A-Za-z0-9_])(abort|exit|_exit|printf|fprintf|puts|perror|setlocale|strtod|atof|omp_set_num_threads)[ \t]*\(/)
            say("the library does not abort, print, or look at the locale")
    }'

for tree in bindings examples; do
    [ -d $tree ] && find $tree -name '*.[ch]' -o -name '*.cpp' -o -name '*.hpp' | grep "^$tree" | sort | while read -r file; do
        grep -nE '^[ 	]*#[ 	]*include[ 	]*"' "$file" | while IFS= read -r line; do
            target=$(printf '%s' "$line" | cut -d'"' -f2)
            case "$target" in
                aryl.h | aryl/*) ;;
                */* | ..*) echo "$file:${line%%:*}: includes \"$target\": bindings and examples see the public headers only" ;;
                *) [ -f "$(dirname "$file")/$target" ] || echo "$file:${line%%:*}: includes \"$target\", which is not beside it" ;;
            esac
        done
    done
done
)
[ -z "$breaches" ] && exit 0
printf '%s\n' "$breaches" >&2
exit 1
