// distances.h - the body of distances, for an instruction set that says what a vector of 16-bit numbers is: VEC16, LANES16
// of them, and the operations; ADDS16 saturates, GREATER16 is all bits or none.
// A node is nearer to its subtree than its parent is by the edge between them, and farther from all else.
KERNEL static void grow_forest(const simd_forest *t, int16_t *rows, int32_t stride)
{
    const VEC16 far = SET16(SIMD_FAR);
    for (int32_t k = 0; k < t->n; k++) {
        if (t->parent[k] < 0) continue;
        const int16_t *from = rows + (int64_t)t->parent[k] * stride;
        int16_t *to = rows + (int64_t)t->node[k] * stride;
        VEC16 before = SET16(k - 1), end = SET16(t->behind[k]), one = SET16(t->length[k]), two = SET16(2 * t->length[k]);
        for (int32_t i = 0; i < t->n; i += LANES16) {
            VEC16 x = LOAD16(from + i), at = LOAD16(t->at + i);
            VEC16 below = AND16(GREATER16(at, before), GREATER16(end, at));
            VEC16 farther = SUB16(AND16(GREATER16(far, x), one), AND16(below, two));
            STORE16(to + i, ADD16(x, farther));
        }
    }
}

// What a new edge brings nearer is seen through it, by nodes that are not about equally far from its ends. A row may serve
// after it was changed: it says nothing that is not true.
KERNEL static void add_edge(int32_t begin, int32_t end, int32_t length, int32_t n, int16_t *rows, int32_t stride, int32_t *touched)
{
    int16_t *from_begin = rows + (int64_t)begin * stride, *from_end = rows + (int64_t)end * stride;
    int32_t n_touched = 0;
    for (int32_t v = 0; v < n; v++) {
        touched[n_touched] = v;
        n_touched += (uint32_t)(from_begin[v] - from_end[v] + length) > 2 * (uint32_t)length;
    }
    for (int32_t k = 0; k < n_touched; k++) {
        int16_t *row = rows + (int64_t)touched[k] * stride;
        bool by_begin = row[begin] < row[end];
        const int16_t *beyond = by_begin ? from_end : from_begin;
        VEC16 step = SET16((by_begin ? row[begin] : row[end]) + length);
        for (int32_t i = 0; i < n; i += LANES16) STORE16(row + i, MIN16(LOAD16(row + i), ADDS16(LOAD16(beyond + i), step)));
    }
}

KERNEL static void distances(const simd_forest *t, int16_t *rows, int32_t stride, int32_t *scratch, int16_t *d)
{
    int32_t n = t->n;
    grow_forest(t, rows, stride);
    for (int32_t e = 0; e < t->n_more; e++) add_edge(t->begin[e], t->end[e], t->more_length[e], n, rows, stride, scratch);
    // A row's last vector reaches into the next row, which is written after it.
    for (int32_t v = 0; v < n; v++)
        for (int32_t i = 0; i < n; i += LANES16) {
            int64_t left = (int64_t)n * n - ((int64_t)v * n + i);
            const int16_t *from = rows + (int64_t)v * stride + i;
            int16_t *to = d + (int64_t)v * n + i;
            if (left >= LANES16) STORE16(to, LOAD16(from));
            else memcpy(to, from, (size_t)left * sizeof *d);
        }
}
