// collect.c - all rows of a file in memory: FPS, .npy, or molecules through a fingerprint.
#include "cli.h"

void collect_row(collected *c, const uint8_t *row, const char *id, int64_t id_len)
{
    size_t bytes = (size_t)row_bytes(c->bits), n = (size_t)c->n;
    c->id_offsets = more_room(c->id_offsets, &c->offsets_cap, n + 2, sizeof *c->id_offsets);
    if (!n) c->id_offsets[0] = 0;
    size_t at = (size_t)c->id_offsets[n];
    c->rows = more_room(c->rows, &c->rows_cap, (n + 1) * bytes, 1);
    c->ids = more_room(c->ids, &c->ids_cap, at + (size_t)id_len + 1, 1);
    memcpy(c->rows + n * bytes, row, bytes);
    memcpy(c->ids + at, id, (size_t)id_len);
    c->id_offsets[n + 1] = (int64_t)at + id_len;
    c->n++;
}

void collected_free(collected *c)
{
    free(c->rows);
    free(c->ids);
    free(c->id_offsets);
    free(c->spec);
    *c = (collected){0};
}

static char *text_copy(const char *text)
{
    char *copy = must(malloc(strlen(text) + 1));
    return strcpy(copy, text);
}

static int from_fps(collected *c, const char *path)
{
    fps f;
    int got = 0, status = fps_open(&f, path);
    if (status == DONE) {
        c->bits = f.bits;
        c->spec = text_copy(f.type);
    }
    while (status == DONE && (got = fps_next(&f, 16384)) > 0)
        for (int64_t i = 0; i < f.n; i++) collect_row(c, f.rows + i * row_bytes(f.bits), f.buf + f.ids[i], f.id_lens[i]);
    fps_close(&f);
    return got < 0 ? FAILED : status;
}

// Version 1 to 3, '|u1', C order, two dimensions; what numpy.save makes of packed rows.
static int from_npy(collected *c, const char *path)
{
    source *in = source_open(path);
    char head[10], *text = NULL;
    long long rows = 0, bytes = 0;
    bool good = in && source_read(in, head, sizeof head) == sizeof head && !memcmp(head, "\x93NUMPY", 6);
    if (!in) return FAILED;
    if (good) {
        size_t size = (uint8_t)head[8] | (size_t)(uint8_t)head[9] << 8, got = 0;
        if (head[6] > 1) {   // four bytes of length
            char more[2];
            good = source_read(in, more, 2) == 2;
            size |= (size_t)(uint8_t)more[0] << 16 | (size_t)(uint8_t)more[1] << 24;
        }
        good = good && size < 65536;
        text = must(calloc(size + 1, 1));
        while (good && got < size) {
            int64_t n = source_read(in, text + got, size - got);
            good = n > 0;
            got += good ? (size_t)n : 0;
        }
        const char *shape = good ? strstr(text, "'shape': (") : NULL;
        good = shape && strstr(text, "'|u1'") && strstr(text, "'fortran_order': False") &&
               sscanf(shape, "'shape': (%lld, %lld)", &rows, &bytes) == 2 && rows >= 0 && bytes > 0 && bytes <= ARYL_SEARCH_MOST_BITS / 8;
    }
    free(text);
    if (!good) {
        source_close(in);
        return complain(FAILED, "%s: not an array of packed rows, uint8 (n, bytes)", path);
    }
    c->bits = (int32_t)bytes * 8;
    c->spec = text_copy("");
    uint8_t *row = must(malloc((size_t)bytes));
    for (long long i = 0; good && i < rows; i++) {
        for (long long got = 0; good && got < bytes;) {
            int64_t n = source_read(in, (char *)row + got, (size_t)(bytes - got));
            good = n > 0;
            got += good ? n : 0;
        }
        char id[32];
        if (good) collect_row(c, row, id, snprintf(id, sizeof id, "%lld", i));
    }
    free(row);
    source_close(in);
    return good ? DONE : complain(FAILED, "%s: ends within row %lld", path, (long long)c->n);
}

// ---- molecules

static bool begin_rows(void *ctx, const aryl_plan *plan)
{
    collected *c = ctx;
    aryl_output_info info = {.size = sizeof info};
    if (aryl_plan_n_outputs(plan) != 1 || aryl_plan_output(plan, 0, &info) != ARYL_OK || info.form != ARYL_OUT_BITS)
        return complain(USAGE, "an index takes one fingerprint of bits"), false;
    c->bits = (int32_t)info.width;
    c->spec = text_copy(info.spec);
    return true;
}

static bool add_rows(void *ctx, const records *r, const aryl_output *outputs, const aryl_status *status)
{
    collected *c = ctx;
    for (int64_t i = 0; i < r->n; i++)
        if (status[i] == ARYL_OK)
            collect_row(c, (const uint8_t *)outputs[0].data + i * row_bytes(c->bits), r->ids + r->id_offsets[i],
                        r->id_offsets[i + 1] - r->id_offsets[i]);
    return true;
}

int collect(collected *c, row_job *job)
{
    *c = (collected){0};
    const char *path = job->in.path, *format = job->in.format;
    if (format ? !strcmp(format, "fps") : path && has_suffix(path, ".fps")) return from_fps(c, path);
    if (format ? !strcmp(format, "npy") : path && has_suffix(path, ".npy")) return from_npy(c, path);
    job->begin = begin_rows;
    job->rows = add_rows;
    job->ctx = c;
    return rows_run(job);
}
