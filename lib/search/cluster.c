// cluster.c - Taylor-Butina and leader clusters (Taylor, J. Chem. Inf. Comput. Sci. 1995, 35, 59, doi:10.1021/ci00023a009;
// Butina, J. Chem. Inf. Comput. Sci. 1999, 39, 747, doi:10.1021/ci9803381), and splits that keep clusters whole.
#include "search/index.h"

typedef struct link { int32_t a, b; } link;   // row numbers

typedef struct links {
    const search_index *ix;
    link *link;
    int64_t n, cap, most;
    int64_t *degree;                 // [ix->n] by row
    bool dropped;                    // more than `most`
} links;

static aryl_status gather(void *ctx, int64_t own, const search_pairs *pairs)
{
    links *l = ctx;
    for (int64_t i = 0; i < pairs->n; i++) {
        l->degree[l->ix->order[own + pairs->p[i].query]]++;
        l->degree[l->ix->order[pairs->p[i].pos]]++;
    }
    if (l->dropped || l->n + pairs->n > l->most) {
        mem_free(l->link);
        l->link = NULL;
        l->dropped = true;
        return ARYL_OK;
    }
    if (l->n + pairs->n > l->cap) {
        int64_t cap = 2 * l->cap > l->n + pairs->n ? 2 * l->cap : l->n + pairs->n;
        link *more = cap < (int64_t)(PTRDIFF_MAX / sizeof *more) ? mem_resize(l->link, (size_t)cap * sizeof *more) : NULL;
        if (!more) return ARYL_E_NOMEM;
        l->link = more;
        l->cap = cap;
    }
    for (int64_t i = 0; i < pairs->n; i++)
        l->link[l->n++] = (link){l->ix->order[own + pairs->p[i].query], l->ix->order[pairs->p[i].pos]};
    return ARYL_OK;
}

// Rows by degree, most first, ties by row: a counting sort, degrees cut at n.
static aryl_status by_degree(const int64_t *degree, int64_t n, int32_t *turn)
{
    int64_t most = 0;
    for (int64_t i = 0; i < n; i++) most = degree[i] > most ? degree[i] : most;
    int64_t *start = mem_alloc((size_t)(most + 2) * sizeof *start);
    if (!start) return ARYL_E_NOMEM;
    memset(start, 0, (size_t)(most + 2) * sizeof *start);
    for (int64_t i = 0; i < n; i++) start[most - degree[i] + 1]++;
    for (int64_t d = 0; d <= most; d++) start[d + 1] += start[d];
    for (int64_t i = 0; i < n; i++) turn[start[most - degree[i]]++] = (int32_t)i;
    mem_free(start);
    return ARYL_OK;
}

typedef struct sweep {
    const search_index *ix;
    const search_request *r;
    const links *l;
    int64_t *start;                  // [n + 1] neighbours of each row in `to`
    int32_t *to;
    int32_t *turn;                   // [n] which row is asked when
    int32_t *position;               // [n] of each row, for looking neighbours up again
} sweep;

static aryl_status lists_of(sweep *w)
{
    int64_t n = w->ix->n;
    w->start = mem_alloc((size_t)(n + 1) * sizeof *w->start);
    w->to = mem_alloc((size_t)w->l->n * 2 * sizeof *w->to);
    if (!w->start || !w->to) return ARYL_E_NOMEM;
    w->start[0] = 0;
    for (int64_t i = 0; i < n; i++) w->start[i + 1] = w->start[i] + w->l->degree[i];
    for (int64_t i = 0; i < w->l->n; i++) {   // from behind: start ends where it began
        w->to[--w->start[w->l->link[i].a + 1]] = w->l->link[i].b;
        w->to[--w->start[w->l->link[i].b + 1]] = w->l->link[i].a;
    }
    // start[i + 1] is now where the list of i begins
    memmove(w->start, w->start + 1, (size_t)n * sizeof *w->start);
    w->start[n] = 2 * w->l->n;
    return ARYL_OK;
}

static aryl_status take_from_lists(const sweep *w, int64_t *cluster, int64_t *centre, int64_t *n_clusters)
{
    for (int64_t i = 0; i < w->ix->n; i++) {
        int32_t row = w->turn[i];
        if (cluster[row] >= 0) continue;
        cluster[row] = *n_clusters;
        for (int64_t j = w->start[row]; j < w->start[row + 1]; j++)
            if (cluster[w->to[j]] < 0) cluster[w->to[j]] = *n_clusters;
        centre[(*n_clusters)++] = row;
    }
    return ARYL_OK;
}

static aryl_status take_by_seeking(const sweep *w, int64_t *cluster, int64_t *centre, int64_t *n_clusters, aryl_error *err)
{
    search_request r = *w->r;
    search_seeker seeker;
    search_best best = {0};
    r.k = 0;
    r.count_only = false;
    aryl_status s = search_seeker_init(&seeker, w->ix, &r);
    seeker.best = &best;
    for (int64_t i = 0; s == ARYL_OK && i < w->ix->n; i++) {
        int32_t row = w->turn[i];
        if (cluster[row] >= 0) continue;
        s = search_seek(&seeker, w->ix->rows + w->position[row] * w->ix->stride, 0);
        cluster[row] = *n_clusters;
        for (int64_t j = 0; s == ARYL_OK && j < best.n; j++)
            if (cluster[best.hit[j].row] < 0) cluster[best.hit[j].row] = *n_clusters;
        centre[(*n_clusters)++] = row;
        if (s == ARYL_OK && i % 4096 == 0) s = search_pause(w->r, i, w->ix->n, err);
    }
    search_seeker_done(&seeker);
    search_best_free(&best);
    return s;
}

aryl_status search_cluster(const search_index *ix, const search_request *r, int32_t method, int64_t most_pairs, int64_t *cluster,
                           int64_t *centre, int64_t *n_clusters, aryl_error *err)
{
    links l = {.ix = ix, .most = most_pairs};
    sweep w = {.ix = ix, .r = r, .l = &l};
    aryl_status s = ARYL_E_NOMEM;
    *n_clusters = 0;
    if (!(r->threshold > 0)) return fail_at(err, ARYL_E_ARGUMENT, -1, "clusters need a threshold above 0");
    if (!search_symmetric(&r->metric)) return fail_at(err, ARYL_E_ARGUMENT, -1, "clusters need a metric that is the same both ways");
    l.degree = mem_alloc((size_t)(ix->n + 1) * sizeof *l.degree);
    w.turn = mem_alloc((size_t)ix->n * sizeof *w.turn);
    if (!l.degree || !w.turn) goto out;
    memset(l.degree, 0, (size_t)(ix->n + 1) * sizeof *l.degree);
    s = search_self(ix, r, gather, &l, NULL, err);
    if (s == ARYL_OK && method == SEARCH_BUTINA) s = by_degree(l.degree, ix->n, w.turn);
    for (int64_t i = 0; i < ix->n; i++) {
        cluster[i] = -1;
        if (method == SEARCH_LEADER) w.turn[i] = (int32_t)i;
    }
    if (s != ARYL_OK) goto out;
    if (!l.dropped) {
        s = lists_of(&w);
        if (s == ARYL_OK) s = take_from_lists(&w, cluster, centre, n_clusters);
    } else {
        w.position = mem_alloc((size_t)ix->n * sizeof *w.position);
        s = w.position ? ARYL_OK : ARYL_E_NOMEM;
        for (int64_t i = 0; s == ARYL_OK && i < ix->n; i++) w.position[ix->order[i]] = (int32_t)i;
        if (s == ARYL_OK) s = take_by_seeking(&w, cluster, centre, n_clusters, err);
    }
out:
    mem_free(l.link);
    mem_free(l.degree);
    mem_free(w.start);
    mem_free(w.to);
    mem_free(w.turn);
    mem_free(w.position);
    return s == ARYL_E_NOMEM ? fail_at(err, s, -1, "no memory for clusters") : s;
}

aryl_status search_split(const int64_t *cluster, int64_t n, int32_t n_parts, const double *share, int32_t *part, aryl_error *err)
{
    int64_t n_clusters = 0;
    double total = 0;
    for (int32_t p = 0; p < n_parts; p++) {
        if (!(share[p] >= 0)) return fail_at(err, ARYL_E_ARGUMENT, -1, "share %d of the split is negative", (int)p);
        total += share[p];
    }
    if (n_parts < 1 || !(total > 0)) return fail_at(err, ARYL_E_ARGUMENT, -1, "a split needs parts with shares above 0");
    for (int64_t i = 0; i < n; i++) {
        if (cluster[i] < 0 || cluster[i] >= n) return fail_at(err, ARYL_E_ARGUMENT, -1, "row %lld is in cluster %lld", (long long)i, (long long)cluster[i]);
        n_clusters = cluster[i] >= n_clusters ? cluster[i] + 1 : n_clusters;
    }
    int64_t *size = mem_alloc((size_t)(n_clusters + 1) * sizeof *size), *has = mem_alloc((size_t)n_parts * sizeof *has);
    int32_t *turn = mem_alloc((size_t)(n_clusters + 1) * sizeof *turn), *goes = mem_alloc((size_t)(n_clusters + 1) * sizeof *goes);
    aryl_status s = size && has && turn && goes && n_clusters <= INT32_MAX ? ARYL_OK : ARYL_E_NOMEM;
    if (s == ARYL_OK) {
        memset(size, 0, (size_t)(n_clusters + 1) * sizeof *size);
        memset(has, 0, (size_t)n_parts * sizeof *has);
        for (int64_t i = 0; i < n; i++) size[cluster[i]]++;
        s = by_degree(size, n_clusters, turn);
    }
    for (int64_t c = 0; s == ARYL_OK && c < n_clusters; c++) {
        int32_t to = 0;
        double most = -1e300;
        for (int32_t p = 0; p < n_parts; p++) {
            double lack = share[p] / total * (double)n - (double)has[p];
            if (lack > most) {
                most = lack;
                to = p;
            }
        }
        goes[turn[c]] = to;
        has[to] += size[turn[c]];
    }
    for (int64_t i = 0; s == ARYL_OK && i < n; i++) part[i] = goes[cluster[i]];
    mem_free(size);
    mem_free(has);
    mem_free(turn);
    mem_free(goes);
    return s == ARYL_OK ? s : fail_at(err, s, -1, "no memory for a split");
}
