// seek.c - one query against an index.
//
// With a threshold, blocks are visited in order of their rows' bits, those left out where no row can reach it. For the
// best k, blocks are visited outward from the query's own number of bits, where the best scores can be; the k-th best so
// far is the threshold of the next block, and a few likely neighbours are looked at first to have one.
#include "search/index.h"

enum {
    FEW = 8,               // of 512 groups: when more pass, the fullest are looked at before the others
    AHEAD_GROUPS = 5,
    AHEAD_PLANES = 24,     // of the block after next are fetched early
    LEAST_SEED = 32,       // rows to either side of where the query would stand
    MOST_SEED = 2048
};

aryl_status search_seeker_init(search_seeker *s, const search_index *ix, const search_request *r)
{
    memset(s, 0, sizeof *s);
    s->ix = ix;
    s->r = r;
    s->kernels = simd_get();
    s->counting = r->count_only && !r->k;
    size_t words = ((size_t)ix->bits + 64) / 64;
    s->ranks = mem_alloc(words * sizeof *s->ranks);
    s->list = mem_alloc(((size_t)ix->bits + 4) * sizeof *s->list);
    s->shared = mem_alloc(SIMD_ROWS * sizeof *s->shared);
    if (!s->ranks || !s->list || !s->shared) return ARYL_E_NOMEM;
    memset(s->ranks, 0, words * sizeof *s->ranks);
    return ARYL_OK;
}

void search_seeker_done(search_seeker *s)
{
    mem_free(s->ranks);
    mem_free(s->list);
    mem_free(s->shared);
}

int32_t search_list(const search_index *ix, const uint8_t *row, uint64_t *ranks, uint16_t *list)
{
    for (int32_t y = 0; y < ix->bytes; y += 8) {
        uint64_t x = 0;
        memcpy(&x, row + y, (size_t)(ix->bytes - y < 8 ? ix->bytes - y : 8));
        if (8 * y + 64 > ix->bits) x &= ~(uint64_t)0 >> (8 * y + 64 - ix->bits);
        for (; x; x &= x - 1) {
            int32_t p = ix->rank[8 * y + __builtin_ctzll(x)];
            ranks[p >> 6] |= (uint64_t)1 << (p & 63);
        }
    }
    int32_t n = 0;
    for (int32_t w = 0; w <= (ix->bits - 1) / 64; w++) {
        for (uint64_t x = ranks[w]; x; x &= x - 1) list[n++] = (uint16_t)(64 * w + __builtin_ctzll(x));
        ranks[w] = 0;
    }
    for (int32_t i = n; i & 3; i++) list[i] = (uint16_t)ix->bits;
    return n;
}

// ---- hits

static bool topk(const search_seeker *s) { return s->best && s->best->k; }

static void emit(search_seeker *s, int64_t pos, int32_t c)
{
    if (!search_there(s->ix, pos) || (pos >= s->seed && pos < s->seed_end)) return;
    double score = search_score(&s->r->metric, c, s->a, s->ix->count[pos]);
    if (!(score >= s->t)) return;
    if (s->counting) {
        s->found++;
        return;
    }
    if (!search_best_add(s->best, (search_hit){s->ix->order[pos], score})) s->no_memory = true;
    if (topk(s) && search_best_full(s->best) && s->best->hit[0].score > s->t) s->t = s->best->hit[0].score;
}

static int32_t least_of(const search_seeker *s, int32_t low, int32_t high)
{
    return search_least_between(&s->r->metric, s->a, low, high, s->t);
}

// ---- rows

static void verify(search_seeker *s, int64_t first, int64_t end, int32_t least)
{
    for (; first < end; first += SIMD_ROWS) {
        int64_t n = end - first < SIMD_ROWS ? end - first : SIMD_ROWS;
        s->kernels->and_count(s->row, s->ix->rows + first * s->ix->stride, n, s->ix->stride, s->ix->bytes, s->shared);
        s->trace.rows += n;
        for (int64_t i = 0; i < n; i++)
            if (s->shared[i] >= least) emit(s, first + i, s->shared[i]);
    }
}

static int32_t ones_of(const uint64_t *mask, int32_t words)
{
    int32_t n = 0;
    for (int32_t w = 0; w < words; w++) n += __builtin_popcountll(mask[w]);
    return n;
}

// skip: rows that were verified already, or NULL.
static void row_block(search_seeker *s, int64_t block, const uint64_t *skip)
{
    const search_index *ix = s->ix;
    int32_t least = least_of(s, ix->by_row.low[block], ix->by_row.high[block]);
    if (least == SEARCH_NEVER) return;
    int64_t end, first = search_block_rows(ix, &ix->by_row, block, &end);
    s->trace.visits++;
    if (!s->kernels->visit(search_block(ix, &ix->by_row, block), s->list, s->n_list, least, &s->counts)) return;
    uint16_t numbers[SIMD_ROWS];
    bool many = ones_of(s->counts.mask, SIMD_WORDS) > SIMD_ROWS / 8;
    if (many) s->kernels->spread(&s->counts, numbers);
    for (int32_t w = 0; w < SIMD_WORDS; w++)
        for (uint64_t x = skip ? s->counts.mask[w] & ~skip[w] : s->counts.mask[w]; x; x &= x - 1) {
            int32_t r = 64 * w + __builtin_ctzll(x);
            emit(s, first + r, many ? numbers[r] : simd_count_of(&s->counts, r));
        }
}

// ---- groups

static void fetch_planes(const search_seeker *s, const search_planes *p, int64_t block)
{
    if (block < 0 || block >= p->n_blocks || s->plan == ARYL_PLAN_ROWS) return;
    const uint64_t *planes = search_block(s->ix, p, block);
    for (int32_t i = 0; i < s->n_list && i < AHEAD_PLANES; i++) __builtin_prefetch(planes + (size_t)s->list[i] * SIMD_WORDS);
}

// Groups of a mask, their rows fetched some turns before they are counted.
static void verify_groups(search_seeker *s, int64_t first, const uint64_t mask[SIMD_WORDS], int32_t least)
{
    const search_index *ix = s->ix;
    int32_t group = ix->by_group.group, n = 0;
    uint16_t at[SIMD_ROWS];
    for (int32_t w = 0; w < SIMD_WORDS; w++)
        for (uint64_t x = mask[w]; x; x &= x - 1) at[n++] = (uint16_t)(64 * w + __builtin_ctzll(x));
    for (int32_t i = 0; i < AHEAD_GROUPS && i < n; i++) search_fetch_rows(ix, &ix->by_group, first + (int64_t)at[i] * group);
    for (int32_t i = 0; i < n; i++) {
        int64_t from = first + (int64_t)at[i] * group;
        if (i + AHEAD_GROUPS < n) search_fetch_rows(ix, &ix->by_group, first + (int64_t)at[i + AHEAD_GROUPS] * group);
        if (from < ix->n) verify(s, from, from + group < ix->n ? from + group : ix->n, least);
    }
}

// The fullest groups of a mask first: they raise the threshold for the others. Leaves the groups that still pass, in
// `mask`, and those it verified, in `done`; false if no group of the block matters any more.
static bool fullest_first(search_seeker *s, int64_t block, int32_t least, uint64_t done[SIMD_WORDS])
{
    const search_planes *p = &s->ix->by_group;
    uint64_t *mask = s->groups.mask, some[SIMD_WORDS];
    int32_t low = least, high = s->a + 1;
    int64_t end, first = search_block_rows(s->ix, p, block, &end);
    while (low + 1 < high) {
        int32_t mid = low + (high - low) / 2;
        simd_at_least(&s->groups, mid, some);
        for (int32_t w = 0; w < SIMD_WORDS; w++) some[w] &= mask[w];
        if (ones_of(some, SIMD_WORDS) > FEW) low = mid;
        else high = mid;
    }
    simd_at_least(&s->groups, high, done);
    for (int32_t w = 0; w < SIMD_WORDS; w++) done[w] &= mask[w];
    verify_groups(s, first, done, least);
    int32_t now = least_of(s, p->low[block], p->high[block]);
    if (now == SEARCH_NEVER) return false;
    simd_at_least(&s->groups, now, some);
    for (int32_t w = 0; w < SIMD_WORDS; w++) mask[w] &= some[w] & ~done[w];
    return true;
}

// The rows of some groups, which fill a block.
static void rows_of_groups(const uint64_t *groups, int32_t group, uint64_t rows[SIMD_WORDS])
{
    memset(rows, 0, SIMD_WORDS * sizeof *rows);
    for (int32_t w = 0; w < SIMD_WORDS / group; w++)
        for (uint64_t x = groups[w]; x; x &= x - 1) {
            int32_t row = (64 * w + __builtin_ctzll(x)) * group;   // of a word: group divides 8
            rows[row >> 6] |= (((uint64_t)1 << group) - 1) << (row & 63);
        }
}

// Where more than one group of a block of rows passes, planes of its rows are cheaper than the rows of the groups.
static void group_block(search_seeker *s, int64_t block)
{
    const search_index *ix = s->ix;
    const search_planes *p = &ix->by_group;
    int64_t end, first = search_block_rows(ix, p, block, &end);
    int32_t least = least_of(s, p->low[block], p->high[block]), words = SIMD_WORDS / p->group, fallen[SIMD_WORDS], n_fallen = 0;
    uint64_t *mask = s->groups.mask, done[SIMD_WORDS] = {0}, skip[SIMD_WORDS];
    if (least == SEARCH_NEVER) return;
    s->trace.visits++;
    if (!s->kernels->visit(search_block(ix, p, block), s->list, s->n_list, least, &s->groups)) return;
    bool raises = topk(s) && s->best->k <= FEW * p->group;   // a few groups would raise the threshold
    if (raises && ones_of(mask, SIMD_WORDS) > FEW && !fullest_first(s, block, least, done)) return;
    for (int32_t b = 0; b < p->group && first / SIMD_ROWS + b < ix->by_row.n_blocks; b++) {
        if (ones_of(mask + b * words, words) <= 1) continue;
        memset(mask + b * words, 0, (size_t)words * sizeof *mask);
        fallen[n_fallen++] = b;
    }
    verify_groups(s, first, mask, least);
    s->trace.fallen += n_fallen;
    for (int32_t i = 0; i < n_fallen; i++) {
        int64_t at = first / SIMD_ROWS + fallen[i];
        if (i + 1 < n_fallen) fetch_planes(s, &ix->by_row, at + fallen[i + 1] - fallen[i]);
        rows_of_groups(done + fallen[i] * words, p->group, skip);
        row_block(s, at, skip);
    }
}

// ---- which blocks, in which order

static void look(search_seeker *s, int64_t block)
{
    if (s->plan == ARYL_PLAN_GROUPS) group_block(s, block);
    else if (s->plan == ARYL_PLAN_PLANES) row_block(s, block, NULL);
    else {
        int32_t least = least_of(s, s->ix->by_row.low[block], s->ix->by_row.high[block]);
        int64_t end, first = search_block_rows(s->ix, &s->ix->by_row, block, &end);
        if (least != SEARCH_NEVER) verify(s, first, end, least);
    }
}

// The best score a row of the block can have: scores of rows that hold the query, or that it holds, fall to either side
// of the query's own number of bits.
static double best_of(const search_seeker *s, const search_planes *p, int64_t block)
{
    int32_t b = s->a < p->low[block] ? p->low[block] : s->a > p->high[block] ? p->high[block] : s->a;
    double score = search_score(&s->r->metric, s->a < b ? s->a : b, s->a, b);
    return s->r->metric.kind == ARYL_TVERSKY ? score * (1 + 1e-9) : score;
}

static void seek_threshold(search_seeker *s, const search_planes *p)
{
    int64_t block = 0, end = p->n_blocks;
    if (s->r->metric.kind == ARYL_TANIMOTO) {   // c <= min(a, b) leaves t a <= b <= a / t
        double low = s->t * s->a - 1, high = s->a / s->t + 1;
        block = low > 0 ? search_block_reaching(p, (int32_t)low) : 0;
        if (high < s->ix->bits) {
            end = search_block_reaching(p, (int32_t)high + 1);
            if (end < p->n_blocks) end++;
        }
    }
    for (; block < end; block++) {
        fetch_planes(s, p, block + 2);
        look(s, block);
    }
}

static void seek_outward(search_seeker *s, const search_planes *p)
{
    int64_t right = search_block_reaching(p, s->a), left = right - 1;
    while (left >= 0 || right < p->n_blocks) {
        double to_left = left >= 0 ? best_of(s, p, left) : -1, to_right = right < p->n_blocks ? best_of(s, p, right) : -1;
        bool go_right = to_right >= to_left;
        if (!((go_right ? to_right : to_left) >= s->t)) break;
        if (s->no_memory) break;
        fetch_planes(s, p, go_right ? right + 2 : left - 2);
        look(s, go_right ? right++ : left--);
    }
}

static int32_t plan_of(const search_seeker *s)
{
    if (s->a > SIMD_MOST_PLANES) return ARYL_PLAN_ROWS;
    if (s->r->plan != ARYL_PLAN_AUTO) return s->r->plan;
    if (s->a > 6 * s->ix->bytes) return ARYL_PLAN_ROWS;   // more planes than reading the rows takes
    if (s->a > s->ix->bytes) return ARYL_PLAN_PLANES;     // groups of rows so dense are full
    return s->ix->by_group.n_blocks ? ARYL_PLAN_GROUPS : ARYL_PLAN_PLANES;
}

aryl_status search_seek(search_seeker *s, const uint8_t *row, int64_t k)
{
    const search_index *ix = s->ix;
    s->row = row;
    s->a = search_list(ix, row, s->ranks, s->list);
    s->n_list = s->a;
    s->t = s->r->threshold;
    s->seed = s->seed_end = 0;
    s->found = 0;
    s->no_memory = false;
    if (s->best) {
        s->best->n = 0;
        s->best->k = k;
    }
    s->plan = plan_of(s);
    s->trace.plan = s->plan;
    s->trace.queries++;
    const search_planes *p = s->plan == ARYL_PLAN_GROUPS ? &ix->by_group : &ix->by_row;
    bool zeros = !(s->t > 0);   // rows that share nothing are hits as well
    if (zeros && !topk(s)) verify(s, 0, ix->n, 0);
    else if (s->a && topk(s)) {
        int64_t side = k < LEAST_SEED ? LEAST_SEED : k < MOST_SEED ? k : MOST_SEED, at = search_position(ix, row, s->a);
        int64_t from = at > side ? at - side : 0, to = at + side < ix->n ? at + side : ix->n;
        verify(s, from, to, 1);
        s->seed = from;
        s->seed_end = to;
        seek_outward(s, p);
    } else if (s->a) seek_threshold(s, p);
    if (zeros && topk(s) && !search_best_full(s->best)) {
        s->seed = s->seed_end = 0;
        for (int64_t i = 0; i < ix->n && !s->no_memory; i += SIMD_ROWS) {
            int64_t n = ix->n - i < SIMD_ROWS ? ix->n - i : SIMD_ROWS;
            s->kernels->and_count(row, ix->rows + i * ix->stride, n, ix->stride, ix->bytes, s->shared);
            for (int64_t j = 0; j < n; j++)
                if (!s->shared[j]) emit(s, i + j, 0);
        }
    }
    return s->no_memory ? ARYL_E_NOMEM : ARYL_OK;
}
