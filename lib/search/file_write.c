// file_write.c - an index to a file.
//
// All goes to a file beside the wanted one, is brought to disk, and only then takes its name: whoever opens the path sees
// the old file or the new one, whatever happens in between.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "search/disk.h"
#include "search/file.h"
#include "search/layout.h"

enum { BUFFER = LAYOUT_PIECE };

typedef struct writer {
    int fd;
    int64_t at;
    uint64_t sum;                    // of what was flushed, buffer by buffer
    uint8_t *buffer;
    int64_t n;
    const char *path;
    int failed;                      // errno
} writer;

static void flush_out(writer *w)
{
    w->sum = search_checksum(w->sum, w->buffer, (size_t)w->n);
    if (w->n && !w->failed) w->failed = disk_write(w->fd, w->path, w->buffer, w->n);
    w->n = 0;
}

static void put(writer *w, const void *data, int64_t size)
{
    const uint8_t *p = data;
    w->at += size;
    while (size) {
        int64_t n = BUFFER - w->n < size ? BUFFER - w->n : size;
        memcpy(w->buffer + w->n, p, (size_t)n);
        w->n += n;
        p += n;
        size -= n;
        if (w->n == BUFFER) flush_out(w);
    }
}

static void put_uint(writer *w, uint64_t x, int32_t bytes)
{
    uint8_t b[8];
    for (int32_t i = 0; i < bytes; i++) b[i] = (uint8_t)(x >> 8 * i);
    put(w, b, bytes);
}

static void put_zeros(writer *w, int64_t n)
{
    static const uint8_t zeros[4096];
    for (; n > 0; n -= 4096) put(w, zeros, n < 4096 ? n : 4096);
}

static void chunk(writer *w, int64_t size, const char tag[4])
{
    put_uint(w, (uint64_t)size, 8);
    put(w, tag, 4);
}

static int64_t round_up(int64_t at, int64_t to) { return (at + to - 1) / to * to; }

// ---- the parts

static void put_rows(writer *w, const search_index *ix)
{
    int64_t storage = round_up(ix->bytes, 8), spacer = round_up(w->at + 12 + 9, 64) - (w->at + 12 + 9);
    chunk(w, 9 + spacer + storage * ix->n, "AREN");
    put_uint(w, (uint64_t)ix->bytes, 4);
    put_uint(w, (uint64_t)storage, 4);
    put_uint(w, (uint64_t)spacer, 1);
    put_zeros(w, spacer);
    for (int64_t i = 0; i < ix->n; i++) {
        put(w, ix->rows + i * ix->stride, ix->bytes);
        put_zeros(w, storage - ix->bytes);
    }
}

static void put_popcounts(writer *w, const search_index *ix)
{
    int32_t bits = 8 * ix->bytes;   // what other readers take the width for
    chunk(w, 4 * ((int64_t)bits + 2), "POPC");
    int64_t at = 0;
    for (int32_t b = 0; b < bits + 2; b++) {
        while (at < ix->n && ix->count[at] < b) at++;
        put_uint(w, (uint64_t)at, 4);
    }
}

static int64_t id_len(const search_id_column *ids, int64_t row) { return ids->data ? ids->offsets[row + 1] - ids->offsets[row] : 0; }

// Ids lie end to end, as chemfp's and RDKit's readers want them. Other readers insist on the chunk, so rows without ids have
// empty ones.
static void put_ids(writer *w, const search_index *ix, const search_id_column *ids)
{
    int64_t size = 8, n4 = ix->n;
    for (int64_t i = 0; i < ix->n; i++) {
        size += id_len(ids, ix->order[i]);
        if (size > UINT32_MAX && n4 > i) n4 = i;   // the offset behind i needs 8 bytes
    }
    chunk(w, size + 4 * (n4 + 1) + 8 * (ix->n - n4), "FPID");
    put_uint(w, (uint64_t)n4, 4);
    put_uint(w, (uint64_t)(ix->n - n4), 4);
    for (int64_t i = 0; i < ix->n; i++)
        if (id_len(ids, ix->order[i])) put(w, ids->data + ids->offsets[ix->order[i]], id_len(ids, ix->order[i]));
    int64_t at = 8;
    for (int64_t i = 0; i <= ix->n; i++) {
        put_uint(w, (uint64_t)at, i <= n4 ? 4 : 8);
        if (i < ix->n) at += id_len(ids, ix->order[i]);
    }
}

static uint32_t *id_table(const search_index *ix, const search_id_column *ids, uint32_t size)
{
    uint32_t *table = mem_alloc((size_t)size * sizeof *table);
    if (!table) return NULL;
    memset(table, 0, (size_t)size * sizeof *table);
    for (int64_t i = 0; i < ix->n; i++) {
        int32_t row = ix->order[i];
        uint32_t slot = (uint32_t)search_checksum(0, ids->data + ids->offsets[row], (size_t)id_len(ids, row)) & (size - 1);
        while (table[slot]) slot = (slot + 1) & (size - 1);
        table[slot] = (uint32_t)i + 1;
    }
    return table;
}

static void put_ours(writer *w, const search_index *ix, const int32_t *place, const uint32_t *table, uint32_t table_size, bool plain)
{
    flush_out(w);
    layout_head h = {.version = LAYOUT_VERSION, .bits = (uint32_t)ix->bits, .n = (uint64_t)ix->n, .span = (uint64_t)ix->span,
                     .group = plain ? 0 : (uint32_t)ix->by_group.group, .front = (uint64_t)w->at, .front_sum = w->sum};
    memcpy(h.magic, LAYOUT_MAGIC, sizeof h.magic);
    int64_t block = (int64_t)ix->n_planes * SIMD_WORDS * 8;
    const void *data[LAYOUT_SECTIONS] = {
        [LAYOUT_ORDER] = ix->order, [LAYOUT_PLACE] = place, [LAYOUT_COUNT] = ix->count, [LAYOUT_RANK] = ix->rank, [LAYOUT_TABLE] = table,
        [LAYOUT_GROUPS] = ix->by_group.plane, [LAYOUT_PLANES] = ix->by_row.plane};
    int64_t size[LAYOUT_SECTIONS] = {
        [LAYOUT_ORDER] = 4 * ix->n, [LAYOUT_PLACE] = 4 * ix->span, [LAYOUT_COUNT] = plain ? 0 : 2 * ix->n, [LAYOUT_RANK] = plain ? 0 : 2 * (int64_t)ix->bits,
        [LAYOUT_TABLE] = 4 * (int64_t)table_size, [LAYOUT_GROUPS] = plain ? 0 : block * ix->by_group.n_blocks,
        [LAYOUT_PLANES] = plain ? 0 : block * ix->by_row.n_blocks};
    int64_t start = w->at + 12, head = round_up(start, 64), at = head + (int64_t)sizeof h;
    for (int32_t i = 0; i < LAYOUT_SECTIONS; i++) {
        at = round_up(at, i >= LAYOUT_GROUPS && size[i] ? 4096 : 64);
        h.section[i] = (layout_section){(uint64_t)at, (uint64_t)size[i], search_checksum((uint64_t)i, data[i], (size_t)size[i])};
        at += size[i];
    }
    h.head_sum = search_checksum(0, &h, offsetof(layout_head, head_sum));
    chunk(w, at - start, "ARYL");
    put_zeros(w, head - start);
    put(w, &h, sizeof h);
    for (int32_t i = 0; i < LAYOUT_SECTIONS; i++) {
        put_zeros(w, (int64_t)h.section[i].at - w->at);
        put(w, data[i], size[i]);
    }
}

static aryl_status put_all(writer *w, const search_index *ix, const search_id_column *ids, const char *spec, const char *reference, bool plain)
{
    char head[128];
    int n = snprintf(head, sizeof head, "#num_bits=%d\n", (int)ix->bits);
    const char *software = "#software=aryl/" ARYL_VERSION "\n";
    int64_t size = n + (int64_t)strlen(software) + (spec ? (int64_t)strlen(spec) + 7 : 0) + (reference ? (int64_t)strlen(reference) + 12 : 0);
    put(w, "FPB1\r\n\0\0", 8);
    chunk(w, size, "META");
    put(w, head, n);
    if (spec) put(w, "#type=", 6), put(w, spec, (int64_t)strlen(spec)), put(w, "\n", 1);
    put(w, software, (int64_t)strlen(software));
    if (reference) put(w, "#reference=", 11), put(w, reference, (int64_t)strlen(reference)), put(w, "\n", 1);
    put_rows(w, ix);
    put_popcounts(w, ix);
    uint32_t table_size = 0, *table = NULL;
    put_ids(w, ix, ids);
    if (ids->data) {
        for (table_size = 16; table_size < ix->n + ix->n / 2; table_size *= 2) {}
        table = id_table(ix, ids, table_size);
        if (!table) return ARYL_E_NOMEM;
    }
    int32_t *place = mem_alloc((size_t)ix->span * sizeof *place);
    if (!place) {
        mem_free(table);
        return ARYL_E_NOMEM;
    }
    for (int64_t i = 0; i < ix->span; i++) place[i] = -1;
    for (int64_t i = 0; i < ix->n; i++) place[ix->order[i]] = (int32_t)i;
    put_ours(w, ix, place, table, table_size, plain);
    mem_free(place);
    mem_free(table);
    chunk(w, 0, "FEND");
    flush_out(w);
    return ARYL_OK;
}

aryl_status search_file_write(const search_index *ix, const search_id_column *ids, const char *spec, const char *reference,
                              bool plain, const char *path, aryl_error *err)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    return fail_at(err, ARYL_E_UNSUPPORTED, -1, "index files are written on little-endian machines only");
#endif
    if ((spec && strchr(spec, '\n')) || (reference && strchr(reference, '\n')))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "a line end in the spec or the reference");
    for (int64_t i = 0; ids->data && i < ix->n; i++) {
        int32_t row = ix->order[i];
        if (memchr(ids->data + ids->offsets[row], 0, (size_t)id_len(ids, row)))
            return fail_at(err, ARYL_E_ARGUMENT, -1, "the id of row %d has a NUL in it", (int)row);
    }
    size_t n = strlen(path);
    char *beside = mem_alloc(n + 5);
    writer w = {.fd = -1, .buffer = mem_alloc(BUFFER)};
    aryl_status s = ARYL_OK;
    if (!beside || !w.buffer) {
        s = fail_at(err, ARYL_E_NOMEM, -1, "no memory for writing %s", path);
        goto out;
    }
    memcpy(beside, path, n);
    memcpy(beside + n, ".new", 5);
    w.path = beside;
    w.failed = disk_create(beside, &w.fd);
    if (!w.failed) s = put_all(&w, ix, ids, spec, reference, plain);
    if (s == ARYL_OK && !w.failed) w.failed = disk_sync(w.fd, beside);
    if (w.fd >= 0 && close(w.fd) && !w.failed) w.failed = errno;
    if (s == ARYL_OK && !w.failed) w.failed = disk_rename(beside, path);
    if (s != ARYL_OK) fail_at(err, s, -1, "no memory for writing %s", path);
    else if (w.failed) s = disk_failed(path, w.failed, err);
    if (s != ARYL_OK) disk_unlink(beside);
out:
    mem_free(beside);
    mem_free(w.buffer);
    return s;
}
