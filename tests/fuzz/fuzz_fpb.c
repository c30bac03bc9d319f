// fuzz_fpb.c - any bytes as an index file: an error, or an index that can be searched and asked for its ids.
//     clang -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Ilib -Itests tests/fuzz/fuzz_fpb.c lib/{base,simd,search}/*.c -lm
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "search/file.h"

static void use(const search_file *f)
{
    static uint8_t query[SEARCH_MOST_BITS / 8];
    const char *id;
    int64_t len;
    memset(query, 0x5A, sizeof query);
    query[search_row_bytes(f->ix->bits) - 1] = 0;
    aryl_rows q = {query, 1, search_row_bytes(f->ix->bits), f->ix->bits};
    for (int32_t turn = 0; turn < 2; turn++) {
        search_request r = {.threshold = turn ? 0 : 0.3, .k = turn ? 3 : 0, .n_threads = 1};
        aryl_hits *h;
        if (search_index_search(f->ix, &q, &r, &h, NULL, NULL)) continue;
        for (int64_t i = 0; i < h->offsets[1]; i++) {
            if (h->rows[i] < 0 || h->rows[i] >= f->span) fuzz_fail("a hit outside the index");
            search_file_place(f, h->rows[i]);
        }
        search_hits_free(h);
    }
    for (int64_t i = -1; i <= f->ix->n; i++)
        if (search_id_at(&f->ids, i, &id, &len)) search_id_find(&f->ids, id, len);
    search_file_verify(f, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[64];
    static FILE *file;
    if (!file) {
        int fd = memfd_create("fpb", 0);
        file = fd < 0 ? NULL : fdopen(fd, "wb");
        if (!file) return 0;
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    rewind(file);
    if (ftruncate(fileno(file), 0) || fwrite(data, 1, size, file) != size || fflush(file)) return 0;
    search_file *f;
    aryl_error err;
    aryl_status s = search_file_open(path, 1, &f, &err);
    if (s && (err.code != s || !*err.message)) fuzz_fail("an error without a message");
    if (!s) {
        use(f);
        search_file_close(f);
    }
    return 0;
}
