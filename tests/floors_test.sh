#!/bin/sh
# floors_test.sh DIR - breaks each rule of the tree in a scratch copy and sees floors.sh catch it.
here=$(cd "$(dirname "$0")/.." && pwd)
scratch=$1/floors
failed=0
fresh() {
    rm -rf "$scratch"
    mkdir -p "$scratch/bindings" "$scratch/examples"
    cp -r "$here/lib" "$here/include" "$scratch"
}
# breaks FILE LINE WHAT: with LINE in FILE the rule must be broken, and WHAT be in the message
breaks() {
    fresh
    mkdir -p "$(dirname "$scratch/$1")"
    printf '%s\n' "$2" >> "$scratch/$1"
    if said=$("$here/tests/floors.sh" "$scratch" 2>&1); then
        echo "not caught: $2 in $1"
        failed=1
    elif ! printf '%s' "$said" | grep -q "$1.*$3"; then
        echo "$2 in $1 was caught for another reason: $said"
        failed=1
    fi
}
fresh
"$here/tests/floors.sh" "$scratch" || { echo "the tree itself breaks the rules"; exit 1; }
breaks lib/graph/cycles.c    '#include "mol/mol.h"'         'not below'
breaks lib/io/io.h           '#include "perceive/perceive.h"' 'not below'
breaks lib/perceive/new.c    '#include "io/io.h"'           'not below'
breaks lib/base/text.c       '  #  include "batch/batch.h"' 'not below'
breaks lib/mol/mol.c         '#include "../base/base.h"'    'room/file.h'
breaks lib/mol/mol.c         '#include "mol.h"'             'room/file.h'
breaks lib/attic/old.c       'int old;'                     'does not name'
breaks lib/fp/sink.c         'void *f(void) { return malloc(1); }' 'memory'
breaks lib/fp/sink.c         'void g(void *p) { free (p); }' 'memory'
breaks lib/fp/sink.c         '#pragma omp parallel for'     'parallel.c'
breaks lib/mol/mol.c         'void h(void) { abort(); }'    'abort'
breaks bindings/cli/new.c    '#include "base/base.h"'       'public headers'
breaks bindings/cli/new.c    '#include "../../lib/base/base.h"' 'public headers'
breaks examples/new.c        '#include "gone.h"'            'not beside'
rm -rf "$scratch"
exit $failed
