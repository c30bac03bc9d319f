// sink.c - from the features a kind emitted to rows of bits, counts, or sparse ids with counts.
#include "fp/fp.h"

void fp_sink_init(fp_sink *s, arena *mem, bool want_origin) { *s = (fp_sink){.mem = mem, .want_origin = want_origin}; }

// Memory is charged as work: features beyond the allowance would fill it long before time ran out.
bool fp_sink_grow(fp_sink *s, int32_t n)
{
    if (!arena_work(s->mem, 8 * s->cap)) return false;
    int64_t cap = s->cap ? 2 * s->cap : 128;
    while (cap - s->n < n) cap *= 2;
    uint32_t *hash = arena_new(s->mem, uint32_t, cap);
    uint64_t *id = s->own_ids ? arena_new(s->mem, uint64_t, cap) : NULL;
    fp_origin *origin = s->want_origin ? arena_new(s->mem, fp_origin, cap) : NULL;
    if (!hash || (s->own_ids && !id) || (s->want_origin && !origin)) return false;
    if (s->n) {
        memcpy(hash, s->hash, (size_t)s->n * sizeof *hash);
        if (id) memcpy(id, s->id, (size_t)s->n * sizeof *id);
        if (origin) memcpy(origin, s->origin, (size_t)s->n * sizeof *origin);
    }
    s->hash = hash;
    s->id = id;
    s->origin = origin;
    s->cap = cap;
    return true;
}

aryl_status fp_run(const fp_kind *kind, facts *f, const fp_values *v, fp_sink *out)
{
    aryl_status s = kind->run(f, v, out);
    return s == ARYL_E_NOMEM && f->mem->work < 0 ? ARYL_E_LIMIT : s;
}

bool fp_origin_of(fp_sink *s, const int32_t *atoms, int32_t n_atoms, const int32_t *bonds, int32_t n_bonds, fp_origin *out)
{
    int32_t *kept = arena_new(s->mem, int32_t, (size_t)n_atoms + (size_t)n_bonds);
    if (!kept) return false;
    memcpy(kept, atoms, (size_t)n_atoms * sizeof *kept);
    if (n_bonds) memcpy(kept + n_atoms, bonds, (size_t)n_bonds * sizeof *kept);
    *out = (fp_origin){.atom = -1, .radius = -1, .atoms = kept, .bonds = kept + n_atoms, .n_atoms = n_atoms, .n_bonds = n_bonds};
    return true;
}

static void set_bit(uint8_t *row, uint32_t bit) { row[bit >> 3] |= (uint8_t)(1u << (bit & 7)); }

static int32_t largest(const int32_t *list, int32_t n)
{
    int32_t most = list[0];
    for (int32_t i = 1; i < n; i++) most = list[i] > most ? list[i] : most;
    return most;
}

// The usual case, four low bounds and a power of two: what a count sets is half a byte. Of few features it is looked up at
// each count, of many at the end for eight places together.
enum { MOST_STEPS = 31, MOST_COUNTED = UINT16_MAX };
typedef uint16_t eight __attribute__((vector_size(16), may_alias));

static void few_nibbles(const fp_sink *s, const fp_values *v, uint32_t mask, uint16_t *count, uint8_t *row)
{
    uint8_t reached[MOST_STEPS + 1] = {0};
    const uint32_t *hash = s->hash;
    for (uint32_t now = 1; now <= MOST_STEPS; now++)
        for (uint32_t k = 0; k < 4; k++) reached[now] |= (uint8_t)((now >= (uint32_t)v->bound[k]) << k);
    for (int64_t i = 0, n = s->n; i < n; i++) {
        uint32_t place = hash[i] & mask, now = ++count[place];
        now = now < MOST_STEPS ? now : MOST_STEPS;
        row[place >> 1] |= (uint8_t)(reached[now] << 4 * (place & 1));
    }
}

static void many_nibbles(const fp_sink *s, const fp_values *v, uint32_t mask, uint16_t *count, uint8_t *row)
{
    const uint32_t *hash = s->hash;
    for (int64_t i = 0, n = s->n; i < n; i++) count[hash[i] & mask]++;
    eight least[4];
    for (int32_t k = 0; k < 4; k++) least[k] = (eight){0} + (uint16_t)v->bound[k];
    for (uint32_t at = 0; at <= mask; at += 8) {
        eight *x = (eight *)(void *)(count + at), now = *x;
        *x = ((eight)(now >= least[0]) & 1) | ((eight)(now >= least[1]) & 2) | ((eight)(now >= least[2]) & 4) |
             ((eight)(now >= least[3]) & 8);
    }
    for (uint32_t at = 0; at <= mask; at += 2) row[at / 2] = (uint8_t)(count[at] | count[at + 1] << 4);
}

// Each feature folds to one of bits / n_bounds places; bit k of a place is set when its features reach bound[k].
static aryl_status simulate_counts(const fp_sink *s, const fp_values *v, uint32_t bits, uint8_t *row)
{
    memset(row, 0, (bits + 7) / 8);
    arena_mark here = arena_save(s->mem);
    uint32_t width = (uint32_t)v->n_bounds, places = bits / width;
    if (width == 4 && places >= 8 && !(places & (places - 1)) && largest(v->bound, 4) <= MOST_STEPS && s->n <= MOST_COUNTED) {
        uint16_t *count = arena_zero(s->mem, uint16_t, places);
        if (!count) return ARYL_E_NOMEM;
        (s->n < places / 4 ? few_nibbles : many_nibbles)(s, v, places - 1, count, row);
        arena_restore(s->mem, here);
        return ARYL_OK;
    }
    uint32_t *count = arena_zero(s->mem, uint32_t, places);
    if (!count) return ARYL_E_NOMEM;
    for (int64_t i = 0; i < s->n; i++) {
        uint32_t place = s->hash[i] % places, now = ++count[place];
        for (uint32_t k = 0; k < width; k++)
            if (now == (uint32_t)v->bound[k]) set_bit(row, place * width + k);
    }
    arena_restore(s->mem, here);
    return ARYL_OK;
}

// Many features of few bits: a byte is marked for each bit, and eight marks are gathered by a multiplication.
enum { MOST_MARKS = 4096 };
static void mark_bits(const fp_sink *s, uint32_t bits, uint8_t *row)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    const uint64_t gather = 0x0102040810204080u;
#else
    const uint64_t gather = 0x8040201008040201u;
#endif
    uint8_t mark[MOST_MARKS];
    memset(mark, 0, bits);
    _Pragma("GCC unroll 4") for (int64_t i = 0; i < s->n; i++) mark[s->hash[i] & (bits - 1)] = 1;
    for (uint32_t at = 0; at < bits; at += 8) {
        uint64_t eight;
        memcpy(&eight, mark + at, sizeof eight);
        row[at / 8] = (uint8_t)(eight * gather >> 56);
    }
}

aryl_status fp_sink_bits(const fp_sink *s, const fp_kind *kind, const fp_values *v, uint8_t *row)
{
    uint32_t bits = (uint32_t)fp_bits(kind, v);
    if (!kind->bits && v->countsim) return simulate_counts(s, v, bits, row);
    if (bits & (bits - 1)) {
        memset(row, 0, (bits + 7) / 8);
        for (int64_t i = 0; i < s->n; i++) set_bit(row, s->hash[i] % bits);
    } else if (bits >= 8 && bits <= MOST_MARKS && s->n > bits / 4) {
        mark_bits(s, bits, row);
    } else {
        memset(row, 0, (bits + 7) / 8);
        for (int64_t i = 0; i < s->n; i++) set_bit(row, s->hash[i] & (bits - 1));
    }
    return ARYL_OK;
}

int32_t fp_sink_bit(const fp_kind *kind, const fp_values *v, uint32_t hash)
{
    uint32_t bits = (uint32_t)fp_bits(kind, v), width = !kind->bits && v->countsim ? (uint32_t)v->n_bounds : 1;
    return (int32_t)(hash % (bits / width) * width);
}

void fp_sink_counts(const fp_sink *s, const fp_kind *kind, const fp_values *v, uint32_t *row)
{
    uint32_t bits = (uint32_t)fp_bits(kind, v);
    memset(row, 0, bits * sizeof *row);
    for (int64_t i = 0; i < s->n; i++) row[s->hash[i] % bits]++;
}

// Ascending; bytes that are the same in all keys are skipped, so short lists of 32-bit ids take four passes at most.
static bool sort_ids(uint64_t *id, int64_t n, arena *mem)
{
    if (n <= 48) {
        for (int64_t i = 1; i < n; i++) {
            uint64_t key = id[i];
            int64_t j = i;
            for (; j && id[j - 1] > key; j--) id[j] = id[j - 1];
            id[j] = key;
        }
        return true;
    }
    uint64_t all = 0, *from = id, *to = arena_new(mem, uint64_t, n);
    if (!to) return false;
    for (int64_t i = 0; i < n; i++) all |= id[i] ^ id[0];
    for (int32_t shift = 0; shift < 64; shift += 8) {
        if (!(all >> shift & 0xFF)) continue;
        int64_t start[257] = {0};
        for (int64_t i = 0; i < n; i++) start[(from[i] >> shift & 0xFF) + 1]++;
        for (int32_t k = 1; k < 256; k++) start[k] += start[k - 1];
        for (int64_t i = 0; i < n; i++) to[start[from[i] >> shift & 0xFF]++] = from[i];
        uint64_t *swap = from;
        from = to;
        to = swap;
    }
    if (from != id) memcpy(id, from, (size_t)n * sizeof *id);
    return true;
}

aryl_status fp_sink_sparse(const fp_sink *s, uint64_t **ids, uint32_t **counts, int64_t *n)
{
    uint64_t *id = arena_new(s->mem, uint64_t, s->n);
    uint32_t *count = arena_new(s->mem, uint32_t, s->n);
    if (!id || !count) return ARYL_E_NOMEM;
    arena_mark here = arena_save(s->mem);
    for (int64_t i = 0; i < s->n; i++) id[i] = fp_sink_id(s, i);
    bool sorted = sort_ids(id, s->n, s->mem);
    arena_restore(s->mem, here);
    if (!sorted) return ARYL_E_NOMEM;
    int64_t kept = 0;
    for (int64_t i = 0; i < s->n; i++) {
        if (kept && id[kept - 1] == id[i]) {
            count[kept - 1]++;
        } else {
            id[kept] = id[i];
            count[kept++] = 1;
        }
    }
    *ids = id;
    *counts = count;
    *n = kept;
    return ARYL_OK;
}
