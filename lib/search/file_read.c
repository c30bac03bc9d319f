// file_read.c - a file to an index: mapped, checked, and used as it lies.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "search/file.h"
#include "search/layout.h"

typedef struct opening {
    search_file *f;
    const char *path;
    aryl_error *err;
    int64_t arena_size, popc, popc_size, fpid, fpid_size;
    int32_t storage, bytes;
} opening;

static aryl_status damaged(const opening *o, int64_t at, const char *what)
{
    return fail_at(o->err, ARYL_E_FORMAT, at, "%s: %s", o->path, what);
}

static uint64_t read_uint(const uint8_t *p, int32_t bytes)
{
    uint64_t x = 0;
    for (int32_t i = 0; i < bytes; i++) x |= (uint64_t)p[i] << 8 * i;
    return x;
}

static aryl_status map_file(opening *o)
{
    search_file *f = o->f;
    int fd = open(o->path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0) return fail_at(o->err, ARYL_E_IO, -1, "%s: %s", o->path, strerror(errno));
    if (fstat(fd, &st)) {
        close(fd);
        return fail_at(o->err, ARYL_E_IO, -1, "%s: %s", o->path, strerror(errno));
    }
    if (!S_ISREG(st.st_mode) || st.st_size < 8) {
        close(fd);
        return damaged(o, 0, "not an FPB file");
    }
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (p == MAP_FAILED) return fail_at(o->err, ARYL_E_IO, -1, "%s: %s", o->path, strerror(errno));
    f->map = p;
    f->size = st.st_size;
    return ARYL_OK;
}

static aryl_status walk_chunks(opening *o)
{
    search_file *f = o->f;
    if (memcmp(f->map, "FPB1\r\n\0\0", 8)) return damaged(o, 0, "not an FPB file");
    bool end = false;
    for (int64_t at = 8; at < f->size && !end;) {
        if (f->size - at < 12) return damaged(o, at, "ends within the head of a chunk");
        uint64_t size = read_uint(f->map + at, 8);
        const char *tag = (const char *)f->map + at + 8;
        at += 12;
        if (size > (uint64_t)(f->size - at)) return damaged(o, at, "a chunk is longer than the file");
        int64_t n = (int64_t)size;
        if (!memcmp(tag, "META", 4)) f->meta = (const char *)f->map + at, f->meta_len = n;
        else if (!memcmp(tag, "AREN", 4)) f->arena = at, o->arena_size = n;
        else if (!memcmp(tag, "POPC", 4)) o->popc = at, o->popc_size = n;
        else if (!memcmp(tag, "FPID", 4)) o->fpid = at, o->fpid_size = n;
        else if (!memcmp(tag, "ARYL", 4) && n) f->head = (at + 63) / 64 * 64;
        else if (!memcmp(tag, "FEND", 4)) end = true;
        at += n;
    }
    if (!end) return damaged(o, f->size, "has no end: it was cut off");
    if (!f->arena) return damaged(o, -1, "has no fingerprints");
    return ARYL_OK;
}

static aryl_status read_arena(opening *o)
{
    search_file *f = o->f;
    if (o->arena_size < 9) return damaged(o, f->arena, "the chunk of fingerprints is too short");
    const uint8_t *p = f->map + f->arena;
    uint64_t bytes = read_uint(p, 4), storage = read_uint(p + 4, 4), spacer = p[8];
    if (!bytes || bytes > SEARCH_MOST_BITS / 8 || storage < bytes || storage > 65536 || spacer + 9 > (uint64_t)o->arena_size)
        return damaged(o, f->arena, "fingerprints of an impossible size");
    f->arena += 9 + (int64_t)spacer;
    int64_t room = o->arena_size - 9 - (int64_t)spacer;
    if (room % (int64_t)storage) return damaged(o, f->arena, "the last fingerprint is cut off");
    f->arena_rows = room / (int64_t)storage;
    if (f->arena_rows > SEARCH_MOST_ROWS) return fail_at(o->err, ARYL_E_LIMIT, -1, "%s: more rows than an index holds", o->path);
    o->bytes = (int32_t)bytes;
    o->storage = (int32_t)storage;
    f->storage = (int64_t)storage;
    return ARYL_OK;
}

static aryl_status read_ids(opening *o)
{
    search_ids *ids = &o->f->ids;
    if (!o->fpid) return ARYL_OK;
    if (o->fpid_size < 12) return damaged(o, o->fpid, "the chunk of ids is too short");
    const uint8_t *p = o->f->map + o->fpid;
    int64_t n4 = (int64_t)read_uint(p, 4), n8 = (int64_t)read_uint(p + 4, 4), offsets = 4 * (n4 + 1) + 8 * n8;
    if (offsets > o->fpid_size - 8) return damaged(o, o->fpid, "the chunk of ids is too short");
    if (n4 + n8 != o->f->arena_rows) return damaged(o, o->fpid, "there are not as many ids as fingerprints");
    *ids = (search_ids){.n = n4 + n8, .base = p, .size = o->fpid_size - offsets, .at = p + o->fpid_size - offsets, .n4 = n4};
    return ARYL_OK;
}

const char *search_file_meta(const search_file *f, const char *key, int64_t *len)
{
    size_t key_len = strlen(key);
    for (const char *p = f->meta, *end = p + f->meta_len; p && p < end;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        if (!stop) stop = end;
        if ((size_t)(stop - p) > key_len + 1 && p[0] == '#' && !memcmp(p + 1, key, key_len) && p[1 + key_len] == '=') {
            *len = stop - p - (int64_t)key_len - 2;
            return p + key_len + 2;
        }
        p = stop + 1;
    }
    return NULL;
}

static aryl_status read_bits(const opening *o, int32_t *bits)
{
    int64_t len, n;
    const char *text = search_file_meta(o->f, "num_bits", &len);
    *bits = 8 * o->bytes;
    if (!text) return ARYL_OK;
    if (text_read_int(text, len, &n) != len || n > 8 * o->bytes || n <= 8 * (o->bytes - 1)) return damaged(o, -1, "num_bits and the rows' bytes disagree");
    *bits = (int32_t)n;
    return ARYL_OK;
}

// Our chunk: every section where it may be, every number that is used as a place within bounds.
static aryl_status read_head(opening *o, int32_t bits, layout_head *h)
{
    const search_file *f = o->f;
    if (f->head + (int64_t)sizeof *h > f->size) return damaged(o, f->head, "our chunk is too short");
    memcpy(h, f->map + f->head, sizeof *h);
    if (memcmp(h->magic, LAYOUT_MAGIC, sizeof h->magic)) return damaged(o, f->head, "our chunk is not ours");
    if (h->version != LAYOUT_VERSION) return fail_at(o->err, ARYL_E_UNSUPPORTED, f->head, "%s: written by another version", o->path);
    if (h->head_sum != search_checksum(0, h, offsetof(layout_head, head_sum))) return damaged(o, f->head, "the head of our chunk is damaged");
    uint64_t n = (uint64_t)f->arena_rows, blocks = (n + SIMD_ROWS - 1) / SIMD_ROWS, block = ((uint64_t)bits + 1) * SIMD_WORDS * 8;
    uint64_t per_group = (uint64_t)SIMD_ROWS * h->group, group_blocks = h->group ? (n + per_group - 1) / per_group : 0;
    bool planes = h->group != 0;
    uint64_t table = h->section[LAYOUT_TABLE].size / 4;
    if (h->bits != (uint32_t)bits || h->n != n || h->span < n || h->span > SEARCH_MOST_ROWS || (h->group && SIMD_WORDS % h->group) || (table & (table - 1)) || (table && table <= n))
        return damaged(o, f->head, "our chunk is of other fingerprints");
    const uint64_t size[LAYOUT_SECTIONS] = {4 * n, 4 * h->span, planes ? 2 * n : 0, planes ? 2 * (uint64_t)bits : 0, 4 * table,
                                            planes ? block * group_blocks : 0, planes ? block * blocks : 0};
    for (int32_t i = 0; i < LAYOUT_SECTIONS; i++) {
        const layout_section *s = &h->section[i];
        if (s->size != size[i] || s->at % 64 || s->at > (uint64_t)f->size || s->size > (uint64_t)f->size - s->at)
            return damaged(o, f->head, "a section is not where it should be");
    }
    return ARYL_OK;
}

static const void *section(const search_file *f, const layout_head *h, int32_t i) { return f->map + h->section[i].at; }

typedef struct range_check { const int32_t *order; int64_t span; bool *bad; } range_check;
static void check_range(void *ctx, int64_t begin, int64_t end, int32_t worker)
{
    range_check *c = ctx;
    uint32_t most = 0;
    (void)worker;
    for (int64_t i = begin; i < end; i++) most = (uint32_t)c->order[i] > most ? (uint32_t)c->order[i] : most;
    if (begin < end && most >= c->span) *c->bad = true;
}

static aryl_status use_planes(opening *o, const layout_head *h)
{
    search_file *f = o->f;
    search_index *ix = mem_alloc(sizeof *ix);
    if (!ix) return ARYL_E_NOMEM;
    f->ix = ix;
    *ix = (search_index){.bits = (int32_t)h->bits, .bytes = o->bytes, .n = (int64_t)h->n, .stride = o->storage, .rows = f->map + f->arena,
                         .order = f->order, .count = section(f, h, LAYOUT_COUNT), .rank = section(f, h, LAYOUT_RANK),
                         .n_planes = (int32_t)h->bits + 1, .span = (int64_t)h->span};
    for (int32_t b = 0; b < ix->bits; b++)
        if (ix->rank[b] >= ix->bits) return damaged(o, (int64_t)h->section[LAYOUT_RANK].at, "a bit has no plane");
    search_key_of_rank(ix->rank, ix->bits, &ix->key);
    ix->by_row = (search_planes){.plane = section(f, h, LAYOUT_PLANES), .group = 1, .n_blocks = (ix->n + SIMD_ROWS - 1) / SIMD_ROWS};
    int64_t per_group = (int64_t)SIMD_ROWS * h->group;
    ix->by_group = (search_planes){.plane = section(f, h, LAYOUT_GROUPS), .group = (int32_t)h->group, .n_blocks = (ix->n + per_group - 1) / per_group};
    uint16_t *bounds = mem_alloc((size_t)(ix->by_row.n_blocks + ix->by_group.n_blocks) * 2 * sizeof *bounds);
    ix->own[0] = bounds;
    if (!bounds) return ARYL_E_NOMEM;
    search_planes_bounds(ix, &ix->by_row, bounds);
    search_planes_bounds(ix, &ix->by_group, bounds + 2 * ix->by_row.n_blocks);
    return ARYL_OK;
}

// Without planes the index is built, in memory; its rows are the file's, their numbers the file's order or its places.
static aryl_status build_planes(opening *o, int32_t bits, int64_t span, int32_t n_threads)
{
    search_file *f = o->f;
    aryl_rows rows = {f->map + f->arena, f->arena_rows, o->storage, bits};
    TRY(search_index_build(&rows, n_threads, &f->ix, o->err));
    f->built = true;
    f->position = mem_alloc((size_t)f->ix->n * sizeof *f->position);
    if (!f->position) return ARYL_E_NOMEM;
    memcpy(f->position, f->ix->order, (size_t)f->ix->n * sizeof *f->position);
    int32_t *order = (int32_t *)(uintptr_t)f->ix->order;   // ours, built a moment ago
    for (int64_t i = 0; f->order && i < f->ix->n; i++) order[i] = f->order[f->position[i]];
    f->ix->span = span;
    return ARYL_OK;
}

static aryl_status open_mapped(opening *o, int32_t n_threads)
{
    search_file *f = o->f;
    int32_t bits;
    layout_head h = {0};
    TRY(map_file(o));
    TRY(walk_chunks(o));
    TRY(read_arena(o));
    TRY(read_ids(o));
    TRY(read_bits(o, &bits));
    f->span = f->arena_rows;
    if (f->head) {
        TRY(read_head(o, bits, &h));
        f->order = section(f, &h, LAYOUT_ORDER);
        f->place = section(f, &h, LAYOUT_PLACE);
        f->span = (int64_t)h.span;
        bool bad = false;
        range_check c = {f->order, (int64_t)h.span, &bad};
        check_range(&c, 0, f->arena_rows, 0);
        if (bad) return damaged(o, (int64_t)h.section[LAYOUT_ORDER].at, "a row number is out of range");
        if (h.section[LAYOUT_TABLE].size && f->ids.base) {
            f->ids.table = section(f, &h, LAYOUT_TABLE);
            f->ids.table_size = (uint32_t)(h.section[LAYOUT_TABLE].size / 4);
        }
        if (h.group) return use_planes(o, &h);
    }
    return build_planes(o, bits, f->span, n_threads);
}

aryl_status search_file_open(const char *path, int32_t n_threads, search_file **out, aryl_error *err)
{
    *out = NULL;
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
    return fail_at(err, ARYL_E_UNSUPPORTED, -1, "index files are read on little-endian machines only");
#endif
    search_file *f = mem_alloc(sizeof *f);
    if (!f) return fail_at(err, ARYL_E_NOMEM, -1, "no memory for %s", path);
    *f = (search_file){0};
    opening o = {.f = f, .path = path, .err = err};
    aryl_status s = open_mapped(&o, n_threads);
    if (s != ARYL_OK) {
        search_file_close(f);
        return s == ARYL_E_NOMEM ? fail_at(err, s, -1, "no memory for %s", path) : s;
    }
    *out = f;
    return ARYL_OK;
}

void search_file_close(search_file *f)
{
    if (!f) return;
    search_index_free(f->ix);
    mem_free(f->position);
    if (f->map) munmap((void *)(uintptr_t)f->map, (size_t)f->size);
    mem_free(f);
}

int64_t search_file_place(const search_file *f, int64_t row)
{
    if (row < 0 || row >= f->span) return -1;
    int64_t place = f->place ? f->place[row] : row;
    return place >= 0 && place < f->arena_rows && search_file_row(f, place) == row ? place : -1;
}

// ---- every byte

static aryl_status verify_ids(const opening *o)
{
    const char *id;
    int64_t len;
    for (int64_t i = 0; o->f->ids.base && i < o->f->ids.n; i++)
        if (search_id_at(&o->f->ids, i, &id, &len) && memchr(id, 0, (size_t)len)) return damaged(o, -1, "an id is damaged");
    return ARYL_OK;
}

aryl_status search_file_verify(const search_file *f, aryl_error *err)
{
    opening o = {.f = (search_file *)(uintptr_t)f, .path = "the file", .err = err};
    const search_index *ix = f->ix;
    TRY(verify_ids(&o));
    if (!f->head) return ARYL_OK;
    layout_head h;
    TRY(read_head(&o, ix->bits, &h));
    for (int32_t i = 0; i < LAYOUT_SECTIONS; i++)
        if (search_checksum((uint64_t)i, section(f, &h, i), (size_t)h.section[i].size) != h.section[i].sum)
            return damaged(&o, (int64_t)h.section[i].at, "a section is not what was written");
    uint64_t sum = 0;
    if (h.front > (uint64_t)f->head) return damaged(&o, f->head, "our chunk is not where it was written");
    for (uint64_t at = 0; at < h.front; at += LAYOUT_PIECE)
        sum = search_checksum(sum, f->map + at, h.front - at < LAYOUT_PIECE ? (size_t)(h.front - at) : LAYOUT_PIECE);
    if (sum != h.front_sum) return damaged(&o, 0, "fingerprints or ids are not what was written");
    return ARYL_OK;
}
