// fps.c - FPS files, a block of rows at a time.
#include "cli.h"

static bool fps_refill(fps *f)
{
    if (f->begin) {
        memmove(f->buf, f->buf + f->begin, f->end - f->begin);
        f->end -= f->begin;
        f->begin = 0;
    }
    f->buf = more_room(f->buf, &f->cap, f->end + (1 << 20), 1);
    int64_t got = source_read(f->in, f->buf + f->end, f->cap - f->end);
    if (got < 0) return false;
    f->at_end = got == 0;
    f->end += (size_t)got;
    return true;
}

void fps_close(fps *f)
{
    source_close(f->in);
    free(f->buf);
    free(f->type);
    free(f->rows);
    free(f->ids);
    free(f->id_lens);
    *f = (fps){0};
}

int fps_open(fps *f, const char *path)
{
    aryl_fps_header head = {.size = sizeof head};
    aryl_error err;
    int64_t used;
    *f = (fps){.path = path, .in = source_open(path)};
    if (!f->in) return FAILED;
    while (!f->at_end && f->end < (1 << 20))
        if (!fps_refill(f)) return FAILED;
    if (aryl_fps_read_header(f->buf, (int64_t)f->end, &head, &used, &err) != ARYL_OK)
        return complain(FAILED, "%s: %s", path, err.message);
    if (head.bits < 1 || head.bits > ARYL_SEARCH_MOST_BITS)
        return complain(FAILED, "%s: rows of %d bits; 1 to %d can be searched", path, head.bits, ARYL_SEARCH_MOST_BITS);
    f->bits = head.bits;
    f->type_len = (size_t)head.type_len;
    f->type = must(calloc(f->type_len + 1, 1));
    if (f->type_len) memcpy(f->type, head.type, f->type_len);
    f->begin = (size_t)used;
    return DONE;
}

// The next rows, at most `most`: 1, 0 at the end, -1 on failure. Ids stay valid until the next call.
int fps_next(fps *f, int64_t most)
{
    if (most > f->capacity) {
        f->capacity = most;
        f->rows = must(realloc(f->rows, (size_t)(most * row_bytes(f->bits))));
        f->ids = must(realloc(f->ids, (size_t)most * sizeof *f->ids));
        f->id_lens = must(realloc(f->id_lens, (size_t)most * sizeof *f->id_lens));
    }
    size_t want = (size_t)(most * (2 * row_bytes(f->bits) + 16));     // a block's text, ids guessed
    while (!f->at_end && f->end - f->begin < want)
        if (!fps_refill(f)) return -1;
    for (;;) {
        int64_t used;
        aryl_error err;
        aryl_status s = aryl_fps_read_rows(f->buf + f->begin, (int64_t)(f->end - f->begin), f->at_end, f->bits, f->rows, 0,
                                           f->ids, f->id_lens, most, &f->n, &used, &err);
        if (s != ARYL_OK) return complain(-1, "%s, row %lld: %s", f->path, (long long)(f->line + f->n + 1), err.message);
        for (int64_t i = 0; i < f->n; i++) f->ids[i] += (int64_t)f->begin;
        f->begin += (size_t)used;
        f->line += f->n;
        if (f->n) return 1;
        if (f->at_end) return 0;
        if (!fps_refill(f)) return -1;
    }
}
