// fuzz_fps.c - any bytes as an FPS text, in one piece and in two.
#include "rows.h"

enum { MOST = 64, MOST_BYTES = ARYL_SEARCH_MOST_BITS / 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t rows[MOST * MOST_BYTES];
    int64_t ids[MOST], used, n, end;
    int32_t id_lens[MOST];
    const char *text = (const char *)data;
    aryl_fps_header header = {.size = sizeof header};
    aryl_error err = {0};
    if (aryl_fps_read_header(text, (int64_t)size, &header, &used, &err)) {
        must(err.offset >= -1 && err.offset <= (int64_t)size, "a failure's place lies in the text");
        return 0;
    }
    must(used >= 0 && used <= (int64_t)size, "the head lies in the text");
    if (header.bits < 1 || header.bits > ARYL_SEARCH_MOST_BITS) return 0;
    for (int32_t last = 0; last < 2; last++) {
        int64_t stride = (header.bits + 7) / 8;
        aryl_status s = aryl_fps_read_rows(text + used, (int64_t)size - used, last, header.bits, rows, stride, ids, id_lens, MOST, &n, &end, &err);
        must(s == ARYL_OK || s == ARYL_E_FORMAT, "a text is read or damaged");
        must(n >= 0 && n <= MOST && end >= 0 && end <= (int64_t)size - used, "what was read lies in the text");
        for (int64_t i = 0; i < n; i++)
            must(ids[i] >= 0 && id_lens[i] >= 0 && ids[i] + id_lens[i] <= (int64_t)size - used, "ids lie in the text");
    }
    return 0;
}
