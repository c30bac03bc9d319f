// collection.c - a folder of segments; see collection.h.
#define _GNU_SOURCE   // flock
#include "search/collection.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "search/disk.h"
#include "search/manifest.h"

enum { RETRIES = 20 };

bool collection_is(const char *path)
{
    struct stat st;
    return !stat(path, &st) && S_ISDIR(st.st_mode);
}

// ---- one writer

static aryl_status lock(const char *path, int *fd, aryl_error *err)
{
    char *name = disk_join(path, "LOCK");
    *fd = -1;
    if (!name) return disk_failed(path, ENOMEM, err);
    *fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    int why = *fd < 0 || flock(*fd, LOCK_EX | LOCK_NB) ? errno : 0;
    mem_free(name);
    if (!why) return ARYL_OK;
    if (*fd >= 0) close(*fd);
    *fd = -1;
    if (why == EWOULDBLOCK) return fail_at(err, ARYL_E_IO, -1, "%s: another process is writing to it", path);
    return disk_failed(path, why, err);
}

static void unlock(int fd)
{
    if (fd >= 0) close(fd);
}

// ---- deleted rows: sorted numbers, their count in front and a checksum behind

static aryl_status read_deleted(const char *path, const manifest *m, int64_t **rows, int64_t *n, aryl_error *err)
{
    char *name, *data;
    int64_t size;
    *rows = NULL;
    *n = 0;
    if (!m->deleted[0]) return ARYL_OK;
    if (!(name = disk_join(path, m->deleted))) return disk_failed(path, ENOMEM, err);
    aryl_status s = disk_get(name, INT64_MAX - 1, &data, &size, err);
    if (s == ARYL_OK) {
        uint64_t sum, count;
        bool good = size >= 16 && size % 8 == 0;
        if (good) {
            memcpy(&count, data, 8);
            memcpy(&sum, data + size - 8, 8);
            good = count == (uint64_t)size / 8 - 2 && sum == search_checksum(0, data, (size_t)size - 8);
        }
        if (good) {
            *n = (int64_t)count;
            *rows = mem_alloc((size_t)*n * sizeof **rows);
            if (!*rows) s = disk_failed(name, ENOMEM, err);
            else memcpy(*rows, data + 8, (size_t)*n * sizeof **rows);
        } else s = fail_at(err, ARYL_E_FORMAT, -1, "%s: damaged", name);
        mem_free(data);
    }
    mem_free(name);
    return s;
}

static int by_value(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

static aryl_status write_deleted(const char *path, manifest *m, const int64_t *old, int64_t n_old, const int64_t *more, int64_t n_more,
                                 aryl_error *err)
{
    int64_t n = n_old + n_more, size = 8 * (n + 2);
    char *data = mem_alloc((size_t)size), *name = NULL;
    aryl_status s = ARYL_OK;
    snprintf(m->deleted, sizeof m->deleted, "del-%lld", (long long)m->generation);
    if (!data || !(name = disk_join(path, m->deleted))) s = disk_failed(path, ENOMEM, err);
    if (s == ARYL_OK) {
        int64_t *rows = (int64_t *)(void *)(data + 8);
        uint64_t count = (uint64_t)n, sum;
        memcpy(data, &count, 8);
        if (n_old) memcpy(rows, old, (size_t)n_old * sizeof *rows);
        if (n_more) memcpy(rows + n_old, more, (size_t)n_more * sizeof *rows);
        qsort(rows, (size_t)n, sizeof *rows, by_value);
        sum = search_checksum(0, data, (size_t)size - 8);
        memcpy(data + size - 8, &sum, 8);
        s = disk_put(name, data, size, err);
    }
    mem_free(data);
    mem_free(name);
    return s;
}

// ---- opening

static aryl_status mark_dead(store_part *p, int64_t row, int64_t *n)
{
    int64_t place = row < p->base ? -1 : search_file_place(p->file, row - p->base);
    if (place < 0) return ARYL_OK;
    if (!p->dead) {
        size_t words = (size_t)p->ix->n / 64 + 1;
        if (!(p->dead = mem_alloc(words * sizeof *p->dead))) return ARYL_E_NOMEM;
        memset(p->dead, 0, words * sizeof *p->dead);
        p->ix->dead = p->dead;
    }
    if (!search_dead(p->ix, place)) --*n;
    p->dead[place >> 6] |= (uint64_t)1 << (place & 63);
    return ARYL_OK;
}

static aryl_status open_parts(const char *path, const manifest *m, int32_t n_threads, aryl_index *s, aryl_error *err)
{
    int64_t *deleted = NULL, n_deleted = 0;
    s->bits = m->bits;
    s->span = m->next;
    for (int32_t i = 0; i < m->n_segments; i++) {
        const manifest_segment *g = &m->segments[i];
        store_part *p = &s->parts[i];
        char *name = disk_join(path, g->name);
        if (!name) return disk_failed(path, ENOMEM, err);
        aryl_status status = search_file_open(name, n_threads, &p->file, err);
        if (status == ARYL_OK) {
            s->n_parts++;
            p->ix = p->file->ix;
            p->base = g->base;
            s->n += p->ix->n;
            if (p->ix->n != g->n || p->ix->bits != m->bits || p->file->span > m->next - g->base || p->file->built)
                status = fail_at(err, ARYL_E_FORMAT, -1, "%s: not the segment that the manifest means", name);
        }
        mem_free(name);
        TRY(status);
    }
    TRY(read_deleted(path, m, &deleted, &n_deleted, err));
    aryl_status status = ARYL_OK;
    for (int64_t i = 0; status == ARYL_OK && i < n_deleted; i++)
        for (int32_t p = 0; status == ARYL_OK && p < s->n_parts; p++) status = mark_dead(&s->parts[p], deleted[i], &s->n);
    mem_free(deleted);
    if (m->spec) s->spec = store_text(m->spec, (int64_t)strlen(m->spec));
    if (m->reference) s->reference = store_text(m->reference, (int64_t)strlen(m->reference));
    s->path = store_text(path, (int64_t)strlen(path));
    if (status != ARYL_OK || (m->spec && !s->spec) || (m->reference && !s->reference) || !s->path) return disk_failed(path, ENOMEM, err);
    return ARYL_OK;
}

static aryl_status open_as(const char *path, const manifest *m, int32_t n_threads, aryl_index **out, aryl_error *err)
{
    aryl_index *s = NULL;
    *out = NULL;
    if (store_new(m->n_segments + 1, &s) != ARYL_OK) return disk_failed(path, ENOMEM, err);
    aryl_status status = open_parts(path, m, n_threads, s, err);
    if (status == ARYL_OK) *out = s;
    else store_free(s);
    return status;
}

aryl_status collection_open(const char *path, int32_t n_threads, aryl_index **out, aryl_error *err)
{
    int64_t generation = -1;
    aryl_status s = ARYL_E_IO;
    *out = NULL;
    for (int32_t tries = 0; tries < RETRIES; tries++) {   // a writer may take files away between the manifest and them
        manifest m;
        TRY(manifest_read(path, &m, err));
        bool same = m.generation == generation;
        generation = m.generation;
        if (!same) s = open_as(path, &m, n_threads, out, err);
        manifest_free(&m);
        if (same || s != ARYL_E_IO) return s;
    }
    return s;
}

// ---- changing

static void forget(const char *path, const char *file)
{
    char *name = disk_join(path, file);
    if (name) disk_unlink(name);   // if it stays, it is rubbish
    mem_free(name);
}

// Files of changes that did not happen, or whose end did not.
static void sweep(const char *path, const manifest *m)
{
    DIR *folder = opendir(path);
    for (struct dirent *e; folder && (e = readdir(folder));) {
        size_t n = strlen(e->d_name);
        bool ours = !strncmp(e->d_name, "seg-", 4) || !strncmp(e->d_name, "del-", 4) || !strcmp(e->d_name, "MANIFEST.new");
        bool used = !strcmp(e->d_name, m->deleted);
        for (int32_t i = 0; i < m->n_segments; i++) used |= !strcmp(e->d_name, m->segments[i].name);
        if (ours && !used && n < 60) forget(path, e->d_name);
    }
    if (folder) closedir(folder);
}

aryl_status collection_create(const char *path, int32_t bits, const char *spec, const char *reference, aryl_error *err)
{
    manifest m;
    int fd;
    if (mkdir(path, 0777) && errno != EEXIST) return disk_failed(path, errno, err);
    TRY(lock(path, &fd, err));
    aryl_status s;
    if (manifest_there(path)) s = fail_at(err, ARYL_E_ARGUMENT, -1, "%s: there is a collection already", path);
    else {
        m = (manifest){.bits = bits, .generation = 1, .spec = (char *)(uintptr_t)spec, .reference = (char *)(uintptr_t)reference};
        s = manifest_write(path, &m, err);
    }
    unlock(fd);
    return s;
}

typedef struct change {
    int fd;
    manifest m;
    aryl_index *now;
    int64_t *deleted, n_deleted;
    char old_deleted[MANIFEST_NAME];
} change;

static aryl_status begin(const char *path, int32_t n_threads, change *c, aryl_error *err)
{
    *c = (change){.fd = -1};
    TRY(lock(path, &c->fd, err));
    TRY(manifest_read(path, &c->m, err));
    sweep(path, &c->m);
    TRY(open_as(path, &c->m, n_threads, &c->now, err));
    TRY(read_deleted(path, &c->m, &c->deleted, &c->n_deleted, err));
    memcpy(c->old_deleted, c->m.deleted, sizeof c->old_deleted);
    c->m.generation++;
    return ARYL_OK;
}

static void finish(change *c)
{
    store_free(c->now);
    mem_free(c->deleted);
    manifest_free(&c->m);
    unlock(c->fd);
}

// Rows that bear one of the names, each once.
static aryl_status rows_named(const change *c, const search_id_column *ids, int64_t n, int64_t **rows, int64_t *n_rows)
{
    *rows = mem_alloc((size_t)n * sizeof **rows);
    *n_rows = 0;
    if (!*rows) return ARYL_E_NOMEM;
    for (int64_t i = 0; i < n; i++) {
        int64_t len = ids->offsets[i + 1] - ids->offsets[i], row = len ? store_find(c->now, ids->data + ids->offsets[i], len) : -1;
        if (row >= 0) (*rows)[(*n_rows)++] = row;
    }
    qsort(*rows, (size_t)*n_rows, sizeof **rows, by_value);
    int64_t kept = 0;
    for (int64_t i = 0; i < *n_rows; i++)
        if (!i || (*rows)[i] != (*rows)[i - 1]) (*rows)[kept++] = (*rows)[i];
    *n_rows = kept;
    return ARYL_OK;
}

static aryl_status add_segment(const char *path, change *c, const aryl_index *made, const search_id_column *ids, int64_t base, int64_t span,
                               aryl_error *err)
{
    TRY(manifest_add_segment(&c->m, base, made->parts[0].ix->n, span) ? ARYL_OK : disk_failed(path, ENOMEM, err));
    char *name = disk_join(path, c->m.segments[c->m.n_segments - 1].name);
    if (!name) return disk_failed(path, ENOMEM, err);
    aryl_status s = search_file_write(made->parts[0].ix, ids, c->m.spec, c->m.reference, false, name, err);
    mem_free(name);
    return s;
}

static aryl_status check_ids(const aryl_index *made, const change *c, const search_id_column *ids, bool replace, aryl_error *err)
{
    for (int64_t i = 0; i < made->n; i++) {
        const char *id = ids->data + ids->offsets[i];
        int64_t len = ids->offsets[i + 1] - ids->offsets[i];
        int shown = len < 60 ? (int)len : 60;
        if (!len) return fail_at(err, ARYL_E_ARGUMENT, i, "row %lld has an empty id", (long long)i);
        if (store_find(made, id, len) != i) return fail_at(err, ARYL_E_ARGUMENT, i, "row %lld: the id %.*s comes twice", (long long)i, shown, id);
        if (!replace && store_find(c->now, id, len) >= 0)
            return fail_at(err, ARYL_E_ARGUMENT, i, "row %lld: the id %.*s is there already", (long long)i, shown, id);
    }
    return ARYL_OK;
}

static aryl_status add_rows(const char *path, change *c, const aryl_rows *rows, const search_id_column *ids, bool replace, int32_t n_threads,
                            aryl_error *err)
{
    aryl_index *made = NULL;
    int64_t *gone = NULL, n_gone = 0;
    aryl_status s = store_build(rows, ids, NULL, NULL, n_threads, &made, err);
    if (s == ARYL_OK && ids->data) s = check_ids(made, c, ids, replace, err);
    if (s == ARYL_OK && ids->data && replace && rows_named(c, ids, rows->n, &gone, &n_gone) != ARYL_OK) s = disk_failed(path, ENOMEM, err);
    if (s == ARYL_OK) s = add_segment(path, c, made, ids, c->m.next, rows->n, err);
    if (s == ARYL_OK && n_gone) s = write_deleted(path, &c->m, c->deleted, c->n_deleted, gone, n_gone, err);
    c->m.next += rows->n;
    if (s == ARYL_OK) s = manifest_write(path, &c->m, err);
    if (s == ARYL_OK && n_gone && c->old_deleted[0]) forget(path, c->old_deleted);
    store_free(made);
    mem_free(gone);
    return s;
}

aryl_status collection_add(const char *path, const aryl_rows *rows, const search_id_column *ids, const char *spec, bool replace,
                           int32_t n_threads, int64_t *first, aryl_error *err)
{
    change c;
    aryl_status s = begin(path, n_threads, &c, err);
    if (s == ARYL_OK && rows->bits != c.m.bits)
        s = fail_at(err, ARYL_E_MISMATCH, -1, "rows have %d bits, %s %d", (int)rows->bits, path, (int)c.m.bits);
    if (s == ARYL_OK && spec && (!c.m.spec || strcmp(spec, c.m.spec)))
        s = fail_at(err, ARYL_E_MISMATCH, -1, "%s holds %s", path, c.m.spec ? c.m.spec : "rows of an unknown spec");
    if (s == ARYL_OK && rows->n > SEARCH_MOST_ROWS - c.m.next)
        s = fail_at(err, ARYL_E_LIMIT, -1, "%s: more rows than a collection numbers", path);
    if (s == ARYL_OK && first) *first = c.m.next;
    if (s == ARYL_OK && rows->n) s = add_rows(path, &c, rows, ids, replace, n_threads, err);
    finish(&c);
    return s;
}

aryl_status collection_remove(const char *path, const search_id_column *ids, int64_t n, int64_t *n_removed, aryl_error *err)
{
    change c;
    int64_t *gone = NULL, n_gone = 0;
    aryl_status s = begin(path, 1, &c, err);
    if (s == ARYL_OK && rows_named(&c, ids, n, &gone, &n_gone) != ARYL_OK) s = disk_failed(path, ENOMEM, err);
    if (s == ARYL_OK && n_gone) {
        s = write_deleted(path, &c.m, c.deleted, c.n_deleted, gone, n_gone, err);
        if (s == ARYL_OK) s = manifest_write(path, &c.m, err);
        if (s == ARYL_OK && c.old_deleted[0]) forget(path, c.old_deleted);
    }
    if (n_removed) *n_removed = s == ARYL_OK ? n_gone : 0;
    mem_free(gone);
    finish(&c);
    return s;
}

static aryl_status compact(const char *path, change *c, aryl_error *err)
{
    manifest old = c->m;
    c->m.segments = NULL;
    c->m.n_segments = 0;
    c->m.deleted[0] = 0;
    aryl_status s = ARYL_OK;
    if (c->now->n) {
        s = manifest_add_segment(&c->m, 0, c->now->n, c->m.next) ? ARYL_OK : disk_failed(path, ENOMEM, err);
        char *name = s == ARYL_OK ? disk_join(path, c->m.segments[0].name) : NULL;
        if (name) s = store_save(c->now, name, false, err);
        else if (s == ARYL_OK) s = disk_failed(path, ENOMEM, err);
        mem_free(name);
    }
    if (s == ARYL_OK) s = manifest_write(path, &c->m, err);
    for (int32_t i = 0; s == ARYL_OK && i < old.n_segments; i++) forget(path, old.segments[i].name);
    if (s == ARYL_OK && c->old_deleted[0]) forget(path, c->old_deleted);
    mem_free(old.segments);
    return s;
}

aryl_status collection_compact(const char *path, int32_t n_threads, aryl_error *err)
{
    change c;
    aryl_status s = begin(path, n_threads, &c, err);
    if (s == ARYL_OK && (c.m.n_segments > 1 || c.m.deleted[0])) s = compact(path, &c, err);
    finish(&c);
    return s;
}
