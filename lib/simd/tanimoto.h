// tanimoto.h - scores of many counts, for a file that says what a vector of bits is (planes.h): VEC, KERNEL.
typedef double scores_ __attribute__((vector_size(sizeof(VEC) < 16 ? 16 : sizeof(VEC)), aligned(8), may_alias));
typedef int32_t counts_ __attribute__((vector_size((sizeof(VEC) < 16 ? 16 : sizeof(VEC)) / 2), aligned(4), may_alias));
typedef uint16_t shared_ __attribute__((vector_size((sizeof(VEC) < 16 ? 16 : sizeof(VEC)) / 4), aligned(2), may_alias));

KERNEL static void tanimoto(const uint16_t *shared, int32_t a, const int32_t *bits, int64_t n, double *out)
{
    enum { LANES = sizeof(scores_) / 8 };
    int64_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        counts_ c = __builtin_convertvector(*(const shared_ *)(const void *)(shared + i), counts_);
        counts_ both = *(const counts_ *)(const void *)(bits + i) + a - c;
        both -= both == 0;   // 0 of 0 is 0 of 1
        *(scores_ *)(void *)(out + i) = __builtin_convertvector(c, scores_) / __builtin_convertvector(both, scores_);
    }
    for (; i < n; i++) out[i] = shared[i] ? (double)shared[i] / (double)(a + bits[i] - shared[i]) : 0;
}
