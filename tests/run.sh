#!/bin/sh
# run.sh BUILD check|test|all - runs tests and counts them. The last line is "N passed, N failed".
#   check  the C programs that are built
#   test   everything that must hold before a change lands, installing what it needs
#   all    what a release passes on top: see all.sh
cd "$(dirname "$0")/.." || exit 2
build=$1
: "${MAKE:=make}" "${PYTHON:=python3}" "${JOBS:=$(nproc 2>/dev/null || echo 2)}"
logs=$build/test-logs
mkdir -p "$logs"
passed=0 failed=0 notes=
# Time limits are there for what hangs; a busy machine may be several times slower than an idle one.
: "${CK_TIMEOUT_MULTIPLIER:=5}" "${CK_DEFAULT_TIMEOUT:=60}"
export CK_TIMEOUT_MULTIPLIER CK_DEFAULT_TIMEOUT

note() {
    notes="$notes
  $1"
}

# step NAME SECONDS COMMAND...: one thing that passes or fails; what it says is shown when it fails
step() {
    name=$1 limit=$2
    shift 2
    log=$logs/$(printf '%s' "$name" | tr -c 'A-Za-z0-9\n' '_').log
    if timeout -k 10 "$limit" "$@" > "$log" 2>&1; then
        passed=$((passed + 1))
        echo "ok    $name"
    else
        code=$?
        failed=$((failed + 1))
        echo "FAIL  $name$([ $code = 124 ] && echo " (over $limit s)"):"
        tail -n 40 "$log" | sed 's/^/      /'
        return 1
    fi
}

# programs DIR: every test program of a build, each counted by its own tests
programs() {
    for source in tests/check_*.c; do
        name=$(basename "$source" .c)
        log=$logs/$(printf '%s' "$1" | tr -c 'A-Za-z0-9\n' '_')_$name.log
        timeout -k 10 "${PROGRAM_SECONDS:-1800}" "$1/tests/$name" > "$log" 2>&1
        code=$?
        # 97%: Checks: 31, Failures: 1, Errors: 0
        counts=$(sed -n 's/^[0-9]*%: Checks: \([0-9]*\), Failures: \([0-9]*\), Errors: \([0-9]*\)$/\1 \2 \3/p' "$log" | tail -n 1)
        set -- "$1" ${counts:-0 0 0}
        bad=$(($3 + $4))
        # a program that ends badly without a failed test (a leak, a crash at the end, no result at all) is a failure too
        [ $code -ne 0 ] && [ $bad -eq 0 ] && bad=1 && set -- "$1" $(($2 + 1)) 0 0
        [ $code -eq 0 ] && [ "$2" -eq 0 ] && bad=1 && set -- "$1" 1 0 0
        passed=$((passed + $2 - bad)) failed=$((failed + bad))
        if [ $bad -eq 0 ]; then
            echo "ok    $name ($2)"
        else
            echo "FAIL  $name ($bad of $2):"
            grep -v '^Running suite' "$log" | tail -n 40 | sed 's/^/      /'
        fi
    done
}

# fuzz DIR SECONDS: each fuzz entry over its corpus and what is at hand, then over edits of them for some seconds
fuzz() {
    for source in tests/fuzz/fuzz_*.c; do
        name=$(basename "$source" .c)
        corpus=${name#fuzz_} more=
        case $name in
        *smiles*)
            corpus=smiles
            if [ -d ../shared/data/bad ]; then
                cut -f1 ../shared/data/bad/bad_smiles.tsv ../shared/data/bad/realworld_reject.tsv > "$build/bad_smiles.txt"
                mkdir -p "$build/fuzz_smiles"
                cut -f1 ../shared/data/bad/fuzz_smiles_b64.tsv | grep -v '^#' | grep -n . | while IFS=: read -r n text; do
                    printf '%s' "$text" | base64 -d > "$build/fuzz_smiles/$n"
                done
                more="$build/bad_smiles.txt $(find "$build/fuzz_smiles" -type f)"
            fi
            ;;
        *mol*)
            corpus=molfile
            if [ -d ../shared/data/bad/mol ]; then more=$(find ../shared/data/bad/mol -type f ! -name '*.tsv'); fi
            ;;
        esac
        # shellcheck disable=SC2046,SC2086
        step "$name of $1, $2 s" $(($2 + 300)) "$1/tests/$name" "$2" $(find "tests/fuzz/corpus/$corpus" -type f) $more
    done
}

need_libcheck() {
    printf '#include <check.h>\nint main(void) { return 0; }\n' | ${CC:-cc} -xc -fsyntax-only - 2>/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        echo "      installing libcheck"
        { apt-get install -y check pkg-config || { apt-get update && apt-get install -y check pkg-config; }; } > "$logs/apt.log" 2>&1
    fi
    printf '#include <check.h>\nint main(void) { return 0; }\n' | ${CC:-cc} -xc -fsyntax-only - 2>/dev/null && return
    echo "FAIL  libcheck is not there and could not be installed: the C tests cannot run (Debian, Ubuntu: apt-get install check pkg-config)"
    failed=$((failed + 1))
    return 1
}

python_tests() {
    [ -d tests/python ] || return
    if [ -n "$TEST_PYTHON" ]; then
        python=$TEST_PYTHON
    else
        echo "      preparing $build/venv-python"
        step "Python environment (tests/requirements/python.txt)" 900 $MAKE -s BUILD="$build" "$build/venv-python/ready" || return
        python=$build/venv-python/bin/python
    fi
    log=$logs/pytest.log
    ARYL_LIBRARY=$(pwd)/$build/libaryl.so timeout -k 10 1800 "$python" -m pytest -q -rs -p no:cacheprovider \
        --junitxml="$logs/pytest.xml" tests/python > "$log" 2>&1
    code=$?
    suite=$(sed -n 's/.*<testsuite \([^>]*\)>.*/\1/p' "$logs/pytest.xml" 2>/dev/null | head -n 1)
    attribute() { n=$(printf '%s' "$suite" | sed -n "s/.*[ ^]$1=\"\([0-9]*\)\".*/\1/p"); echo "${n:-0}"; }
    n=$(attribute tests) bad=$(($(attribute failures) + $(attribute errors))) skipped=$(attribute skipped)
    [ $code -ne 0 ] && [ $bad -eq 0 ] && bad=1 && n=$((n + 1))
    passed=$((passed + n - bad - skipped)) failed=$((failed + bad))
    if [ $bad -eq 0 ]; then echo "ok    Python ($((n - skipped)))"; else
        echo "FAIL  Python ($bad of $n):"
        tail -n 60 "$log" | sed 's/^/      /'
    fi
    [ "$skipped" -eq 0 ] || note "$(sed -n 's/^SKIPPED/Python, skipped:/p' "$log" | sed '2,$s/^/  /')"
}

case $2 in
check)
    programs "$build"
    fuzz "$build" 0
    ;;
test | all)
    rm -f "$logs"/*
    need_libcheck && step "build" 1800 $MAKE -j"$JOBS" BUILD="$build" all checks && programs "$build" && fuzz "$build" 0
    step "floors" 60 tests/floors.sh .
    step "floors catch what breaks them" 120 tests/floors_test.sh "$build"
    step "headers stand alone" 300 $MAKE -s BUILD="$build" headers
    step "symbols and layouts" 120 $MAKE -s BUILD="$build" abi
    step "installed examples" 600 $MAKE -s BUILD="$build" examples
    step "documentation" 120 $MAKE -s BUILD="$build" check-docs
    python_tests
    if [ "$2" = all ]; then . tests/all.sh; fi
    ;;
*)
    echo "usage: run.sh BUILD check|test|all" >&2
    exit 2
    ;;
esac
[ -z "$notes" ] || echo "To know:$notes"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
