// lines.c - a column out of newline-separated text.
#include "batch/batch.h"

aryl_status lines_split(const char *text, int64_t len, int64_t *offsets, int64_t capacity, int64_t *n)
{
    int64_t rows = 0, at = 0;
    if (capacity > 0) offsets[0] = 0;
    while (at < len) {
        const char *newline = memchr(text + at, '\n', (size_t)(len - at));
        at = newline ? newline - text + 1 : len;
        if (++rows < capacity) offsets[rows] = at;
    }
    *n = rows;
    return offsets && rows + 1 > capacity ? ARYL_E_SPACE : ARYL_OK;
}
