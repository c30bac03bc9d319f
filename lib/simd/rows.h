// rows.h - counting rows one after the other, for a file that has a row_and_count. KERNEL: attributes of its functions.
KERNEL static void and_count(const uint8_t *q, const uint8_t *rows, int64_t n, int64_t stride, int32_t bytes, int32_t *out)
{
    for (int64_t i = 0; i < n; i++) out[i] = row_and_count(q, rows + i * stride, bytes);
}

KERNEL static void and_count_many(const uint8_t *const *q, int32_t n_q, const uint8_t *rows, int64_t n, int64_t stride,
                                  int32_t bytes, int32_t *out)
{
    for (int64_t j = 0; j < n_q; j++) and_count(q[j], rows, n, stride, bytes, out + j * n);
}
