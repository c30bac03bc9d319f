// run.c - which atoms of a molecule fit an expression, as bit sets that are made once per molecule.
//
// A primitive compares one byte per atom with a range. Expressions without $() are evaluated for all atoms, which costs
// no more than for some; those with $() only for the atoms that the rest of the expression leaves.
#include "perceive/perceive.h"
#include "smarts/smarts.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { CHARGE_OFFSET = 128 };

aryl_status smarts_run_init(smarts_run *r, const smarts_set *set, const aryl_mol *mol, arena *mem)
{
    *r = (smarts_run){.set = set, .mol = mol, .mem = mem, .words = (mol->n_atoms + 63) / 64, .limit = 1000,
                      .hybridisation = mol->hybridisation};
    size_t n_sets = (size_t)set->n_nodes * (size_t)r->words;
    r->fits = arena_new(mem, uint64_t, 2 * n_sets);
    r->known = arena_new(mem, uint8_t, n_sets);
    r->all = arena_new(mem, uint64_t, r->words);
    if (!r->fits || !r->known || !r->all) return ARYL_E_NOMEM;
    r->decided = r->fits + n_sets;
    memset(r->known, 0, n_sets);
    for (int32_t w = 0; w < r->words; w++) {
        int32_t left = mol->n_atoms - 64 * w;
        r->all[w] = left >= 64 ? ~0ull : (1ull << left) - 1;
    }
    return ARYL_OK;
}

static bool closes_no_ring(int32_t type) { return type == BOND_DATIVE || type == BOND_ZERO || type == BOND_HYDROGEN; }

// Eight bonds at a time, as the numbers are small; the ordinary types are the lowest.
_Static_assert(BOND_IS_RING == 4 && BOND_AROMATIC == 12 && BOND_DATIVE > 12 && BOND_ZERO > 12 && BOND_HYDROGEN > 12, "bytes of bonds");
aryl_status smarts_bond_classes(smarts_run *r)
{
    const aryl_mol *m = r->mol;
    if (r->bond_class) return ARYL_OK;
    uint8_t *class = arena_new(r->mem, uint8_t, m->n_bonds);
    if (!class) return ARYL_E_NOMEM;
    uint64_t odd = 0;
    int32_t b = 0;
    for (; b + 8 <= m->n_bonds; b += 8) {
        uint64_t type, flags;
        memcpy(&type, m->type + b, 8);
        memcpy(&flags, m->bond_flags + b, 8);
        type &= 0x1F1F1F1F1F1F1F1Fu;
        odd |= type + 0x7373737373737373u;             // 128 - 13: the highest bit says "above aromatic"
        type = (type << 1) + (flags >> 2 & 0x0101010101010101u);
        memcpy(class + b, &type, 8);
    }
    r->whole_rings = true;
    for (; b < m->n_bonds; b++) {
        class[b] = (uint8_t)(2 * (m->type[b] & 31) + ((m->bond_flags[b] & BOND_IS_RING) != 0));
        r->whole_rings = r->whole_rings && !closes_no_ring(m->type[b]);
    }
    for (b = 0; odd & 0x8080808080808080u && b < m->n_bonds; b++) r->whole_rings = r->whole_rings && !closes_no_ring(m->type[b]);
    r->bond_class = class;
    return ARYL_OK;
}

// ---- properties

static int32_t count_neighbours(const aryl_mol *m, int32_t a, int32_t prop)
{
    int32_t n = 0;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        int32_t x = m->nbr[k];
        switch (prop) {
        case PROP_TOTAL_H: n += m->z[x] == 1; break;
        case PROP_HEAVY_DEGREE: n += m->z[x] != 1 || m->isotope[x] > 1; break;
        case PROP_RING_BONDS: n += (m->bond_flags[m->via[k]] & BOND_IS_RING) != 0; break;
        case PROP_HETERO: n += m->z[x] != 1 && m->z[x] != 6; break;
        default: n += m->z[x] != 1 && m->z[x] != 6 && !mol_aromatic(m, x);   // PROP_ALIPHATIC_HETERO
        }
    }
    return n;
}

static int32_t property(const smarts_run *r, int32_t prop, int32_t a)
{
    const aryl_mol *m = r->mol;
    switch (prop) {
    case PROP_TYPE: return 2 * m->z[a] + mol_aromatic(m, a);
    case PROP_AROMATIC: return mol_aromatic(m, a);
    case PROP_ISOTOPE: return m->isotope[a];
    case PROP_CHARGE: return m->charge[a];
    case PROP_DEGREE: return mol_degree(m, a);
    case PROP_CONNECTIVITY: return mol_total_degree(m, a);
    case PROP_VALENCE: return m->explicit_valence[a] + m->implicit_h[a];
    case PROP_HIDDEN_H: return mol_hidden_h(m, a);
    case PROP_TOTAL_H: return mol_hidden_h(m, a) + count_neighbours(m, a, prop);
    case PROP_HYBRIDISATION: return r->hybridisation[a];
    default: return count_neighbours(m, a, prop);
    }
}

static int32_t clip(int32_t x) { return x < 0 ? 0 : x > 255 ? 255 : x; }

static void ring_column(const aryl_mol *m, int32_t prop, uint8_t *column)
{
    memset(column, 0, (size_t)m->n_atoms);
    for (int32_t r = 0; r < m->n_rings; r++) {
        int32_t size = clip(m->ring_start[r + 1] - m->ring_start[r]);
        for (int32_t k = m->ring_start[r]; k < m->ring_start[r + 1]; k++) {
            uint8_t *x = &column[m->ring_atom[k]];
            if (prop == PROP_RINGS) *x = (uint8_t)clip(*x + 1);
            else if (!*x || size < *x) *x = (uint8_t)size;
        }
    }
}

static aryl_status need_hybridisation(smarts_run *r)
{
    if (r->hybridisation) return ARYL_OK;
    uint8_t *conjugated = arena_new(r->mem, uint8_t, r->mol->n_bonds), *hyb = arena_new(r->mem, uint8_t, r->mol->n_atoms);
    if (!conjugated || !hyb) return ARYL_E_NOMEM;
    TRY(perceive_electrons(r->mol, r->mem, conjugated, hyb));
    r->hybridisation = hyb;
    return ARYL_OK;
}

// Eight atoms at a time; no byte carries into the next, as atomic numbers are below 128.
_Static_assert(ELEMENT_MAX < 128 && ATOM_AROMATIC == 1, "twice the number and the flag fit a byte");
static void type_column(const aryl_mol *m, uint8_t *column)
{
    int32_t a = 0;
    for (; a + 8 <= m->n_atoms; a += 8) {
        uint64_t z, flags;
        memcpy(&z, m->z + a, 8);
        memcpy(&flags, m->atom_flags + a, 8);
        z = (z << 1) + (flags & 0x0101010101010101u);
        memcpy(column + a, &z, 8);
    }
    for (; a < m->n_atoms; a++) column[a] = (uint8_t)(2 * m->z[a] + (m->atom_flags[a] & ATOM_AROMATIC));
}

_Static_assert(CHARGE_OFFSET == 128, "adding it turns the highest bit");
static void charge_column(const aryl_mol *m, uint8_t *column)
{
    int32_t a = 0;
    for (; a + 8 <= m->n_atoms; a += 8) {
        uint64_t charge;
        memcpy(&charge, m->charge + a, 8);
        charge ^= 0x8080808080808080u;
        memcpy(column + a, &charge, 8);
    }
    for (; a < m->n_atoms; a++) column[a] = (uint8_t)(m->charge[a] + CHARGE_OFFSET);
}

// One byte per atom, clipped at 255; charges are shifted to be positive. Padded for reading 16 at a time.
static aryl_status need_column(smarts_run *r, int32_t prop)
{
    if (r->column[prop]) return ARYL_OK;
    const aryl_mol *m = r->mol;
    int32_t n = m->n_atoms;
    if (prop == PROP_HYBRIDISATION) TRY(need_hybridisation(r));
    uint8_t *c = arena_new(r->mem, uint8_t, (size_t)n + 64);
    if (!c) return ARYL_E_NOMEM;
    memset(c + n, 0, 64);
    r->column[prop] = c;
    switch (prop) {
    case PROP_TYPE: type_column(m, c); break;
    case PROP_CHARGE: charge_column(m, c); break;
    case PROP_DEGREE:
        for (int32_t a = 0; a < n; a++) c[a] = (uint8_t)clip(mol_degree(m, a));
        break;
    case PROP_CONNECTIVITY:
        for (int32_t a = 0; a < n; a++) c[a] = (uint8_t)clip(mol_total_degree(m, a));
        break;
    case PROP_RINGS: case PROP_MIN_RING: ring_column(m, prop, c); break;
    default:
        for (int32_t a = 0; a < n; a++) c[a] = (uint8_t)clip(property(r, prop, a));
    }
    return ARYL_OK;
}

// Bit a of the set: low <= column[a] <= low + span. The column is readable up to the next 64 atoms.
static void bytes_in_range(const uint8_t *column, int32_t words, uint8_t low, uint8_t span, uint64_t *set)
{
    for (int32_t w = 0; w < words; w++) {
        uint64_t bits = 0;
        const uint8_t *c = column + 64 * (size_t)w;
#if defined(__SSE2__)
        const __m128i from = _mm_set1_epi8((char)low), most = _mm_set1_epi8((char)span);
        for (int i = 0; i < 4; i++) {
            __m128i x = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)(c + 16 * i)), from);
            bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(x, most), x)) << (16 * i);
        }
#else
        for (int i = 0; i < 64; i++) bits |= (uint64_t)((uint8_t)(c[i] - low) <= span) << i;
#endif
        set[w] = bits;
    }
}

static aryl_status eval_range(smarts_run *r, const node *n, uint64_t *set)
{
    const aryl_mol *m = r->mol;
    memset(set, 0, (size_t)r->words * sizeof *set);
    if (n->low > n->high) return ARYL_OK;
    if (n->prop == PROP_RING_SIZE) {
        for (int32_t k = 0; k < m->n_rings; k++) {
            int32_t size = m->ring_start[k + 1] - m->ring_start[k];
            if (size < n->low || size > n->high) continue;
            for (int32_t i = m->ring_start[k]; i < m->ring_start[k + 1]; i++)
                set[m->ring_atom[i] >> 6] |= 1ull << (m->ring_atom[i] & 63);
        }
        return ARYL_OK;
    }
    int32_t shift = n->prop == PROP_CHARGE ? CHARGE_OFFSET : 0;
    int64_t low = n->low == INT32_MIN ? 0 : (int64_t)n->low + shift, high = n->high == INT32_MAX ? 255 : (int64_t)n->high + shift;
    if (low < 0) low = 0;
    if (high < low) return ARYL_OK;
    bool clipped = low > 254 || (high > 254 && n->high != INT32_MAX);   // the bytes cannot tell such values apart
    if (n->prop == PROP_TYPE || n->prop == PROP_CHARGE) {
        if (low > 255) return ARYL_OK;
        if (high > 255) high = 255;
    } else if (n->prop == PROP_ISOTOPE || (clipped && n->prop != PROP_RINGS && n->prop != PROP_MIN_RING)) {
        for (int32_t a = 0; a < m->n_atoms; a++) {
            int32_t x = property(r, n->prop, a);
            set[a >> 6] |= (uint64_t)(x >= n->low && x <= n->high) << (a & 63);
        }
        return ARYL_OK;
    } else if (clipped) {
        int32_t *wide = arena_zero(r->mem, int32_t, m->n_atoms);        // rings of 255 and more atoms, or as many rings
        if (!wide) return ARYL_E_NOMEM;
        for (int32_t k = 0; k < m->n_rings; k++) {
            int32_t size = m->ring_start[k + 1] - m->ring_start[k];
            for (int32_t i = m->ring_start[k]; i < m->ring_start[k + 1]; i++) {
                int32_t *x = &wide[m->ring_atom[i]];
                if (n->prop == PROP_RINGS) ++*x;
                else if (!*x || size < *x) *x = size;
            }
        }
        for (int32_t a = 0; a < m->n_atoms; a++) set[a >> 6] |= (uint64_t)(wide[a] >= n->low && wide[a] <= n->high) << (a & 63);
        return ARYL_OK;
    }
    TRY(need_column(r, n->prop));
    bytes_in_range(r->column[n->prop], r->words, (uint8_t)low, (uint8_t)(high - low), set);
    for (int32_t w = 0; w < r->words; w++) set[w] &= r->all[w];
    return ARYL_OK;
}

// ---- expressions: one word of 64 atoms at a time

static aryl_status eval(smarts_run *r, int32_t i, int32_t w, uint64_t need, uint64_t *out);

// Members one after the other, each asked only about the atoms that the ones before leave open.
static aryl_status eval_list(smarts_run *r, const node *n, int32_t w, uint64_t need, uint64_t *out)
{
    const int32_t *child = r->set->child + n->first;
    uint64_t left = need, part;                        // AND: still in; OR: not in yet
    for (int32_t k = 0; k < n->n && left; k++) {
        TRY(eval(r, child[k], w, left, &part));
        left = n->op == OP_AND ? part : left & ~part;
    }
    *out = n->op == OP_AND ? left : need & ~left;
    return ARYL_OK;
}

static aryl_status eval_sub(smarts_run *r, int32_t i, int32_t w, uint64_t need, uint64_t *out)
{
    size_t row = (size_t)i * (size_t)r->words;
    if (r->known[row] == SMARTS_UNKNOWN)
        for (int32_t k = 0; k < r->words; k++) {
            r->known[row + (size_t)k] = SMARTS_IN_PART;
            r->fits[row + (size_t)k] = r->decided[row + (size_t)k] = 0;
        }
    if (need & ~r->decided[row + (size_t)w])
        TRY(smarts_roots(r, r->set->patterns[r->set->nodes[i].low], r->limit, w, need, r->decided + row, r->fits + row));
    *out = need & r->fits[row + (size_t)w];
    return ARYL_OK;
}

// One question is asked of few atoms: a column for all of them would not pay.
static bool for_few(const smarts_run *r, const node *n, uint64_t need)
{
    return r->once && r->words == 1 && n->op == OP_RANGE && n->prop != PROP_TYPE && n->prop != PROP_CHARGE &&
           n->prop != PROP_HYBRIDISATION && n->prop < PROP_RINGS && !r->column[n->prop] && __builtin_popcountll(need) <= 8;
}

static void eval_few(const smarts_run *r, const node *n, uint64_t need, uint64_t *out)
{
    *out = 0;
    for (; need; need &= need - 1) {
        int32_t x = property(r, n->prop, __builtin_ctzll(need));
        if (x >= n->low && x <= n->high) *out |= need & -need;
    }
}

// What has no $() is evaluated for all atoms of the word and kept.
static aryl_status eval_whole(smarts_run *r, const node *n, size_t row, int32_t w)
{
    uint64_t *set = r->fits + row, part;
    switch (n->op) {
    case OP_ANY: set[w] = r->all[w]; break;
    case OP_RANGE:
        TRY(eval_range(r, n, set));
        memset(r->known + row, SMARTS_WHOLE, (size_t)r->words);
        return ARYL_OK;
    case OP_NOT:
        TRY(eval(r, n->low, w, r->all[w], &part));
        set[w] = r->all[w] & ~part;
        break;
    case OP_AND: case OP_OR: TRY(eval_list(r, n, w, r->all[w], &set[w])); break;
    default: TRY(smarts_small_around(r, n, &set[w]));
    }
    r->known[row + (size_t)w] = SMARTS_WHOLE;
    return ARYL_OK;
}

// Those of `need`, atoms of word w, that fit node i. Depth is bounded by the nesting that the reader allows.
static aryl_status eval(smarts_run *r, int32_t i, int32_t w, uint64_t need, uint64_t *out)
{
    size_t row = (size_t)i * (size_t)r->words;
    if (r->known[row + (size_t)w] != SMARTS_WHOLE) {
        const node *n = &r->set->nodes[i];
        if (n->op == OP_SUB) return eval_sub(r, i, w, need, out);
        if (n->recursive && n->op != OP_NOT) return eval_list(r, n, w, need, out);
        if (n->recursive) {
            TRY(eval(r, n->low, w, need, out));
            *out = need & ~*out;
            return ARYL_OK;
        }
        if (for_few(r, n, need)) {
            eval_few(r, n, need, out);
            return ARYL_OK;
        }
        TRY(eval_whole(r, n, row, w));
    }
    *out = need & r->fits[row + (size_t)w];
    return ARYL_OK;
}

aryl_status smarts_fits(smarts_run *r, int32_t i, const uint64_t **atoms)
{
    size_t row = (size_t)i * (size_t)r->words;
    *atoms = r->fits + row;
    for (int32_t w = 0; w < r->words; w++) {
        if (r->known[row + (size_t)w] == SMARTS_WHOLE) continue;
        uint64_t set;
        TRY(eval(r, i, w, r->all[w], &set));
        r->fits[row + (size_t)w] = set;
        r->known[row + (size_t)w] = SMARTS_WHOLE;
    }
    return ARYL_OK;
}

aryl_status smarts_find_fits(smarts_run *r, int32_t i, uint64_t need, uint64_t *out) { return eval(r, i, 0, need, out); }

void smarts_forget_subs(smarts_run *r)
{
    for (int32_t i = 0; i < r->set->n_nodes; i++)
        if (r->set->nodes[i].recursive) memset(r->known + (size_t)i * (size_t)r->words, SMARTS_UNKNOWN, (size_t)r->words);
}
