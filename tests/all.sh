# all.sh - read by run.sh: what a release passes on top of `make test`. Builds of their own under $build; the address
# sanitizer's see every array of an arena apart (base.h), so a build without it is no substitute.
seconds=${FUZZ_SECONDS:-60}
strict='-O2 -g -Werror -Wvla'

# variant NAME CC THREADS CFLAGS: built, or counted as failed
variant() {
    step "build $1" 1800 $MAKE -j"$JOBS" BUILD="$build/$1" CC="$2" THREADS="$3" CFLAGS="$4" all checks
}

for threads in openmp pool none; do
    variant "gcc-$threads" gcc $threads "$strict" && programs "$build/gcc-$threads"
done
if command -v clang > /dev/null; then
    variant clang clang pool "$strict" && programs "$build/clang"
else
    step "clang is installed" 10 false
fi

export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0 UBSAN_OPTIONS=print_stacktrace=1 CK_TIMEOUT_MULTIPLIER=20
sanitizer_cc=gcc
if variant sanitized $sanitizer_cc pool '-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer'; then
    PROGRAM_SECONDS=3000 programs "$build/sanitized"
    fuzz "$build/sanitized" "$seconds"
fi

export TSAN_OPTIONS=die_after_fork=0:exitcode=66
if variant threads gcc pool '-O1 -g -fsanitize=thread'; then
    only='base batch forks search index index_file stream collection cluster'
    for name in $only; do
        [ -x "$build/threads/tests/check_$name" ] && step "check_$name under the thread sanitizer" 3000 "$build/threads/tests/check_$name"
    done
fi
CK_TIMEOUT_MULTIPLIER=5

# Every set of kernels that this machine can run, seen to be the one in use.
for kernels in $(sed -n 's/^SIMD(\([a-z0-9_]*\)).*/\1/p' lib/simd/simd_list.h); do
    used=$(ARYL_SIMD=$kernels "$build/examples/registry-static" | sed -n 's/.*kernels \([a-z0-9_]*\),.*/\1/p')
    if [ "$used" != "$kernels" ]; then
        note "kernels $kernels: this machine cannot run them (it used $used)"
        continue
    fi
    for name in simd search index; do
        [ -x "$build/tests/check_$name" ] && step "check_$name with $kernels" 1200 env ARYL_SIMD="$kernels" "$build/tests/check_$name"
    done
done
ARYL_SIMD=serial "$build/examples/registry-static" | grep -q 'kernels serial,' || step "serial kernels can be asked for" 10 false

step "wheel in a fresh environment" 1200 $MAKE -s BUILD="$build" check-wheel
