// One line for each instruction set, best first. SIMD(name): a table simd_<name>.
#if defined(__x86_64__)
SIMD(avx512)
SIMD(avx2)
SIMD(sse2)
#elif defined(__aarch64__)
SIMD(neon)
#endif
SIMD(serial)
