# layout.awk - reads the public headers, writes a C program that prints the size of each public struct, the place and
# size of each of its fields, and the value of each public enumerator: nothing has to be listed by hand.
BEGIN { print "#include \"aryl.h\"\n#include <stddef.h>\n#include <stdio.h>\n\nint main(void)\n{" }
{ gsub(/\/\*([^*]|\*[^\/])*\*\//, "") }
/^typedef struct [a-z_]+ \{/ { type = $3; printf "    printf(\"%s %%zu\\n\", sizeof(%s));\n", type, type; next }
type && /^}/ { type = ""; next }
type && /;/ {
    line = $0
    if (match(line, /\(\*[a-z_0-9]+\)/)) { field(substr(line, RSTART + 2, RLENGTH - 3)); next }   # a function pointer
    sub(/;.*/, "", line); gsub(/\[[^\]]*\]/, "", line)
    n = split(line, part, ",")
    for (i = 1; i <= n; i++) { match(part[i], /[A-Za-z_0-9]+[ \t]*$/); name = substr(part[i], RSTART); sub(/[ \t]+$/, "", name); field(name) }
    next
}
/^enum \{/ { inside = 1 }
inside {
    n = split($0, part, /[{},]/)
    for (i = 1; i <= n; i++)
        if (match(part[i], /ARYL_[A-Z0-9_]+ *=/)) { name = substr(part[i], RSTART, RLENGTH); sub(/ *=/, "", name); printf "    printf(\"%s = %%d\\n\", %s);\n", name, name }
    if (/}/) inside = 0
}
function field(name) { printf "    printf(\"%s.%s %%zu %%zu\\n\", offsetof(%s, %s), sizeof(((%s *)0)->%s));\n", type, name, type, name, type, name }
END { print "    return 0;\n}" }
