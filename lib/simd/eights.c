// eights.c - eight sparse symmetric matrices side by side, one to a lane: the same body for vectors of two, four and
// eight doubles.
#include "simd/simd.h"

#define NAME(x) simd_##x
#define KERNEL
#define LANES 2
#include "simd/eights.h"

#if defined(__x86_64__)
#undef NAME
#undef KERNEL
#undef LANES
#define NAME(x) simd_##x##_avx2
#define KERNEL __attribute__((target("avx2")))
#define LANES 4
#include "simd/eights.h"

#undef NAME
#undef KERNEL
#undef LANES
#define NAME(x) simd_##x##_avx512
#define KERNEL __attribute__((target("avx512f,avx512dq")))
#define LANES 8
#include "simd/eights.h"
#endif
