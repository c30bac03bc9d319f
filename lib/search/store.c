// store.c - rows with names, in memory or in files.
#include "search/collection.h"

char *store_text(const char *text, int64_t len)
{
    char *copy = mem_alloc((size_t)len + 1);
    if (!copy) return NULL;
    if (len) memcpy(copy, text, (size_t)len);
    copy[len] = 0;
    return copy;
}

aryl_status store_new(int32_t n_parts, aryl_index **out)
{
    aryl_index *s = mem_alloc(sizeof *s);
    if (!s) return ARYL_E_NOMEM;
    *s = (aryl_index){.parts = mem_alloc((size_t)n_parts * sizeof *s->parts)};
    if (!s->parts) {
        mem_free(s);
        return ARYL_E_NOMEM;
    }
    memset(s->parts, 0, (size_t)n_parts * sizeof *s->parts);
    *out = s;
    return ARYL_OK;
}

void store_free(aryl_index *s)
{
    if (!s) return;
    for (int32_t i = 0; i < s->n_parts; i++) {
        if (s->parts[i].file) search_file_close(s->parts[i].file);
        else search_index_free(s->parts[i].ix);
        mem_free(s->parts[i].dead);
    }
    mem_free(s->parts);
    mem_free(s->spec);
    mem_free(s->reference);
    mem_free(s->path);
    mem_free(s->id_text);
    mem_free(s->id_offsets);
    mem_free(s->id_table);
    mem_free(s);
}

// ---- names

static uint32_t slot_of(const aryl_index *s, const char *id, int64_t len)
{
    return (uint32_t)search_checksum(0, id, (size_t)len) & (s->id_table_size - 1);
}

static aryl_status keep_ids(aryl_index *s, const search_id_column *ids, int64_t n)
{
    int64_t size = ids->offsets[n] - ids->offsets[0];
    s->id_text = mem_alloc((size_t)size + 1);
    s->id_offsets = mem_alloc((size_t)(n + 1) * sizeof *s->id_offsets);
    for (s->id_table_size = 16; s->id_table_size < n + n / 2; s->id_table_size *= 2) {}
    s->id_table = mem_alloc((size_t)s->id_table_size * sizeof *s->id_table);
    if (!s->id_text || !s->id_offsets || !s->id_table) return ARYL_E_NOMEM;
    if (size) memcpy(s->id_text, ids->data + ids->offsets[0], (size_t)size);
    memset(s->id_table, 0, (size_t)s->id_table_size * sizeof *s->id_table);
    for (int64_t i = 0; i <= n; i++) s->id_offsets[i] = ids->offsets[i] - ids->offsets[0];
    for (int64_t i = 0; i < n; i++) {
        uint32_t slot = slot_of(s, s->id_text + s->id_offsets[i], s->id_offsets[i + 1] - s->id_offsets[i]);
        while (s->id_table[slot]) slot = (slot + 1) & (s->id_table_size - 1);
        s->id_table[slot] = (uint32_t)i + 1;
    }
    return ARYL_OK;
}

static bool is_dead(const store_part *p, int64_t position) { return search_dead(p->ix, position); }

// A row number's place among the file's rows, where its id and bits are. Files that were built in memory have no dead rows.
static int64_t place_of(const store_part *p, int64_t row)
{
    int64_t place = search_file_place(p->file, row - p->base);
    return place >= 0 && !is_dead(p, place) ? place : -1;
}

bool store_id(const aryl_index *s, int64_t row, const char **id, int64_t *len)
{
    if (s->id_offsets) {
        if (row < 0 || row >= s->n) return false;
        *id = s->id_text + s->id_offsets[row];
        *len = s->id_offsets[row + 1] - s->id_offsets[row];
        return *len > 0;
    }
    for (int32_t i = 0; i < s->n_parts; i++) {
        const store_part *p = &s->parts[i];
        int64_t place = p->file ? place_of(p, row) : -1;
        if (place >= 0) return search_id_at(&p->file->ids, place, id, len);
    }
    return false;
}

int64_t store_find(const aryl_index *s, const char *id, int64_t len)
{
    if (s->id_offsets) {
        for (uint32_t slot = slot_of(s, id, len); s->id_table[slot]; slot = (slot + 1) & (s->id_table_size - 1)) {
            int64_t row = (int64_t)s->id_table[slot] - 1;
            if (s->id_offsets[row + 1] - s->id_offsets[row] == len && !memcmp(s->id_text + s->id_offsets[row], id, (size_t)len)) return row;
        }
        return -1;
    }
    for (int32_t i = s->n_parts; i-- > 0;) {
        const store_part *p = &s->parts[i];
        int64_t place = p->file ? search_id_find(&p->file->ids, id, len) : -1;
        if (place >= 0 && place < p->file->arena_rows && !is_dead(p, place)) return p->base + search_file_row(p->file, place);
    }
    return -1;
}

const uint8_t *store_row(const aryl_index *s, int64_t row)
{
    for (int32_t i = 0; i < s->n_parts; i++) {
        const store_part *p = &s->parts[i];
        if (p->file) {
            int64_t place = place_of(p, row);
            if (place >= 0) return p->file->map + p->file->arena + place * p->file->storage;
        } else
            for (int64_t at = 0; at < p->ix->n; at++)
                if (p->ix->order[at] == row) return p->ix->rows + at * p->ix->stride;
    }
    return NULL;
}

// ---- making, opening, saving

aryl_status store_build(const aryl_rows *rows, const search_id_column *ids, const char *spec, const char *reference, int32_t n_threads,
                        aryl_index **out, aryl_error *err)
{
    aryl_index *s = NULL;
    *out = NULL;
    aryl_status status = store_new(1, &s);
    if (status == ARYL_OK) {
        s->n_parts = 1;
        s->bits = rows->bits;
        s->n = s->span = rows->n;
        s->spec = spec ? store_text(spec, (int64_t)strlen(spec)) : NULL;
        s->reference = reference ? store_text(reference, (int64_t)strlen(reference)) : NULL;
        if ((spec && !s->spec) || (reference && !s->reference)) status = ARYL_E_NOMEM;
        if (status == ARYL_OK && ids->data) status = keep_ids(s, ids, rows->n);
        if (status == ARYL_OK) status = search_index_build(rows, n_threads, &s->parts[0].ix, err);
    }
    if (status != ARYL_OK) {
        store_free(s);
        return status == ARYL_E_NOMEM ? fail_at(err, status, -1, "no memory for an index of %lld rows", (long long)rows->n) : status;
    }
    *out = s;
    return ARYL_OK;
}

aryl_status store_open(const char *path, int32_t n_threads, aryl_index **out, aryl_error *err)
{
    aryl_index *s = NULL;
    if (collection_is(path)) return collection_open(path, n_threads, out, err);
    *out = NULL;
    if (store_new(1, &s) != ARYL_OK) return fail_at(err, ARYL_E_NOMEM, -1, "no memory for %s", path);
    aryl_status status = search_file_open(path, n_threads, &s->parts[0].file, err);
    if (status == ARYL_OK) {
        search_file *f = s->parts[0].file;
        int64_t len;
        const char *text;
        s->n_parts = 1;
        s->parts[0].ix = f->ix;
        s->bits = f->ix->bits;
        s->n = f->ix->n;
        s->span = f->span;
        s->path = store_text(path, (int64_t)strlen(path));
        if (!s->path) status = ARYL_E_NOMEM;
        if (f->head && (text = search_file_meta(f, "type", &len)) && !(s->spec = store_text(text, len))) status = ARYL_E_NOMEM;   // a foreign type is no spec
        if ((text = search_file_meta(f, "reference", &len)) && !(s->reference = store_text(text, len))) status = ARYL_E_NOMEM;
        if (status != ARYL_OK) fail_at(err, status, -1, "no memory for %s", path);
    }
    if (status != ARYL_OK) {
        store_free(s);
        return status;
    }
    *out = s;
    return ARYL_OK;
}

aryl_status store_whole_of(const aryl_index *s, int32_t n_threads, store_whole *out, aryl_error *err)
{
    *out = (store_whole){0};
    if (s->n_parts == 1 && !s->parts[0].dead && s->parts[0].ix->span == s->n && !s->parts[0].base) {
        out->ix = s->parts[0].ix;
        return ARYL_OK;
    }
    int32_t bytes = search_row_bytes(s->bits);
    uint8_t *rows = mem_alloc((size_t)s->n * (size_t)bytes);
    uint8_t *alive = mem_alloc((size_t)s->span + 1);
    out->row = mem_alloc((size_t)(s->n + 1) * sizeof *out->row);
    int64_t *number = mem_alloc((size_t)(s->span + 1) * sizeof *number), n = 0;
    aryl_status status = rows && alive && out->row && number ? ARYL_OK : ARYL_E_NOMEM;
    if (status == ARYL_OK) {
        memset(alive, 0, (size_t)s->span + 1);
        for (int32_t i = 0; i < s->n_parts; i++)
            for (int64_t at = 0; at < s->parts[i].ix->n; at++)
                if (!is_dead(&s->parts[i], at)) alive[s->parts[i].base + s->parts[i].ix->order[at]] = 1;
        for (int64_t row = 0; row < s->span; row++) {
            number[row] = n;
            if (alive[row] && n < s->n) out->row[n++] = row;
        }
        for (int32_t i = 0; i < s->n_parts; i++) {
            const search_index *ix = s->parts[i].ix;
            for (int64_t at = 0; at < ix->n; at++)
                if (!is_dead(&s->parts[i], at))
                    memcpy(rows + number[s->parts[i].base + ix->order[at]] * bytes, ix->rows + at * ix->stride, (size_t)bytes);
        }
        aryl_rows all = {rows, n, bytes, s->bits};
        status = search_index_build(&all, n_threads, &out->made, err);
        out->ix = out->made;
    } else fail_at(err, status, -1, "no memory for an index of %lld rows", (long long)s->n);
    mem_free(rows);
    mem_free(alive);
    mem_free(number);
    if (status != ARYL_OK) store_whole_done(out);
    return status;
}

void store_whole_done(store_whole *w)
{
    search_index_free(w->made);
    mem_free(w->row);
    *w = (store_whole){0};
}

// Ids of all rows as a column, by row number; rows that are gone have empty ones.
static aryl_status column_of(const aryl_index *s, search_id_column *out, char **text, int64_t **offsets)
{
    const char *id;
    int64_t len, size = 0;
    *text = NULL;
    *offsets = mem_alloc((size_t)(s->span + 1) * sizeof **offsets);
    if (!*offsets) return ARYL_E_NOMEM;
    for (int64_t row = 0; row < s->span; row++) {
        (*offsets)[row] = size;
        if (store_id(s, row, &id, &len)) size += len;
    }
    (*offsets)[s->span] = size;
    *out = (search_id_column){NULL, *offsets};
    if (!size) return ARYL_OK;
    *text = mem_alloc((size_t)size);
    if (!*text) return ARYL_E_NOMEM;
    for (int64_t row = 0; row < s->span; row++)
        if (store_id(s, row, &id, &len)) memcpy(*text + (*offsets)[row], id, (size_t)len);
    out->data = *text;
    return ARYL_OK;
}

aryl_status store_save(const aryl_index *s, const char *path, bool plain, aryl_error *err)
{
    search_id_column ids;
    char *text;
    int64_t *offsets;
    store_whole whole = {0};
    aryl_status status = column_of(s, &ids, &text, &offsets);
    if (status != ARYL_OK) fail_at(err, status, -1, "no memory for ids");
    if (status == ARYL_OK) status = store_whole_of(s, 0, &whole, err);
    if (status == ARYL_OK && whole.made) {   // rows keep their numbers
        int32_t *order = (int32_t *)(uintptr_t)whole.made->order;
        for (int64_t i = 0; i < whole.made->n; i++) order[i] = (int32_t)whole.row[order[i]];
        whole.made->span = s->span;
    }
    if (status == ARYL_OK) status = search_file_write(whole.ix, &ids, s->spec, s->reference, plain, path, err);
    store_whole_done(&whole);
    mem_free(text);
    mem_free(offsets);
    return status;
}

// ---- searching

// Hits of several parts, query by query.
static aryl_status merge(const aryl_index *s, aryl_hits **of_part, const search_request *r, aryl_hits *h)
{
    search_best best = {.k = r->k};
    int64_t cap = 0;
    aryl_status status = ARYL_OK;
    if (r->count_only) {
        for (int64_t q = 0; q < h->n_queries; q++) {
            int64_t n = 0;
            for (int32_t p = 0; p < s->n_parts; p++) n += of_part[p]->offsets[q + 1] - of_part[p]->offsets[q];
            h->offsets[q + 1] = h->offsets[q] + (r->k && n > r->k ? r->k : n);
        }
        return ARYL_OK;
    }
    for (int32_t p = 0; p < s->n_parts; p++) cap += of_part[p]->offsets[h->n_queries];
    h->rows = mem_alloc((size_t)cap * sizeof *h->rows);
    h->scores = mem_alloc((size_t)cap * sizeof *h->scores);
    if (!h->rows || !h->scores) return ARYL_E_NOMEM;
    for (int64_t q = 0; status == ARYL_OK && q < h->n_queries; q++) {
        int64_t at = h->offsets[q];
        best.n = 0;
        for (int32_t p = 0; p < s->n_parts; p++)
            for (int64_t i = of_part[p]->offsets[q]; i < of_part[p]->offsets[q + 1]; i++)
                if (!search_best_add(&best, (search_hit){of_part[p]->rows[i] + s->parts[p].base, of_part[p]->scores[i]})) status = ARYL_E_NOMEM;
        search_best_sort(&best);
        for (int64_t i = 0; i < best.n; i++) {
            h->rows[at + i] = best.hit[i].row;
            h->scores[at + i] = best.hit[i].score;
        }
        h->offsets[q + 1] = at + best.n;
    }
    search_best_free(&best);
    return status;
}

aryl_status store_search(const aryl_index *s, const aryl_rows *queries, const search_request *r, aryl_hits **out, search_trace *trace,
                         aryl_error *err)
{
    if (s->n_parts == 1 && !s->parts[0].base) return search_index_search(s->parts[0].ix, queries, r, out, trace, err);
    aryl_hits **of_part = mem_alloc((size_t)(s->n_parts + 1) * sizeof *of_part), *h = NULL;
    aryl_status status = of_part ? search_hits_new(queries->n, &h) : ARYL_E_NOMEM;
    int32_t done = 0;
    if (trace) *trace = (search_trace){0};
    for (; status == ARYL_OK && done < s->n_parts; done++) {
        search_trace t;
        status = search_index_search(s->parts[done].ix, queries, r, &of_part[done], &t, err);
        if (status == ARYL_OK && trace)
            *trace = (search_trace){t.plan, queries->n, trace->visits + t.visits, trace->fallen + t.fallen, trace->rows + t.rows};
        if (status != ARYL_OK) break;
    }
    if (status == ARYL_OK && (status = merge(s, of_part, r, h)) != ARYL_OK) fail_at(err, status, -1, "no memory for hits");
    for (int32_t i = 0; i < done; i++) search_hits_free(of_part[i]);
    mem_free(of_part);
    if (status != ARYL_OK) {
        search_hits_free(h);
        return status;
    }
    *out = h;
    return ARYL_OK;
}
