// hits.c - collecting hits: all of them, or the best k in a heap whose top is the one to lose next.
#include <stdlib.h>

#include "search/search.h"

bool search_best_grow(search_best *s)
{
    if (s->n < s->cap) return true;
    int64_t cap = s->cap ? 2 * s->cap : 16;
    if (s->k && cap > s->k) cap = s->k;
    if (cap > (int64_t)(PTRDIFF_MAX / sizeof *s->hit)) return false;
    search_hit *hit = mem_resize(s->hit, (size_t)cap * sizeof *hit);
    if (!hit) return false;
    s->hit = hit;
    s->cap = cap;
    return true;
}

static void sink(search_hit *h, int64_t n, int64_t i)   // h[i] goes down until what is below comes before it
{
    search_hit x = h[i];
    for (int64_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && search_before(h[child], h[child + 1])) child++;
        if (!search_before(x, h[child])) break;
        h[i] = h[child];
    }
    h[i] = x;
}

bool search_best_add(search_best *s, search_hit h)
{
    if (search_best_full(s)) {
        if (search_before(h, s->hit[0])) {
            s->hit[0] = h;
            sink(s->hit, s->n, 0);
        }
        return true;
    }
    if (!search_best_grow(s)) return false;
    s->hit[s->n++] = h;
    if (search_best_full(s))
        for (int64_t i = s->n / 2; i-- > 0;) sink(s->hit, s->n, i);
    return true;
}

static int by_rank(const void *x, const void *y)
{
    search_hit a = *(const search_hit *)x, b = *(const search_hit *)y;
    return search_before(a, b) ? -1 : search_before(b, a);
}

void search_best_sort(search_best *s)
{
    if (s->n > 1) qsort(s->hit, (size_t)s->n, sizeof *s->hit, by_rank);
}

void search_best_free(search_best *s)
{
    mem_free(s->hit);
    *s = (search_best){.k = s->k};
}

aryl_status search_hits_new(int64_t n_queries, aryl_hits **out)
{
    *out = NULL;
    if (n_queries >= (int64_t)(PTRDIFF_MAX / sizeof(int64_t))) return ARYL_E_NOMEM;
    size_t bytes = (size_t)(n_queries + 1) * sizeof(int64_t);
    aryl_hits *h = mem_alloc(sizeof *h);
    int64_t *offsets = mem_alloc(bytes);
    if (!h || !offsets) {
        mem_free(h);
        mem_free(offsets);
        return ARYL_E_NOMEM;
    }
    memset(offsets, 0, bytes);
    *h = (aryl_hits){.n_queries = n_queries, .offsets = offsets};
    *out = h;
    return ARYL_OK;
}

aryl_status search_hits_fill(aryl_hits *h)
{
    for (int64_t i = 0; i < h->n_queries; i++) h->offsets[i + 1] += h->offsets[i];
    int64_t n = h->offsets[h->n_queries];
    if (n > (int64_t)(PTRDIFF_MAX / sizeof(int64_t))) return ARYL_E_NOMEM;
    h->rows = mem_alloc((size_t)n * sizeof *h->rows);
    h->scores = mem_alloc((size_t)n * sizeof *h->scores);
    return h->rows && h->scores ? ARYL_OK : ARYL_E_NOMEM;
}

void search_hits_free(aryl_hits *h)
{
    if (!h) return;
    mem_free(h->offsets);
    mem_free(h->rows);
    mem_free(h->scores);
    mem_free(h);
}
