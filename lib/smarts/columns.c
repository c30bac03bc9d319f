// columns.c - what primitives ask of an atom: a byte per atom and property, compared with ranges 16 atoms at a time.
#include "perceive/perceive.h"
#include "smarts/smarts.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { CHARGE_OFFSET = 128 };

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

int32_t smarts_property(const smarts_run *r, int32_t prop, int32_t a)
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
    case PROP_ISOTOPE:
        for (int32_t a = 0; a < n; a++) c[a] = (uint8_t)clip(m->isotope[a]);
        break;
    case PROP_VALENCE:
        for (int32_t a = 0; a < n; a++) c[a] = (uint8_t)clip(m->explicit_valence[a] + m->implicit_h[a]);
        break;
    case PROP_TOTAL_H:
        if (n && memchr(m->z, 1, (size_t)n)) {
            for (int32_t a = 0; a < n; a++) c[a] = (uint8_t)clip(smarts_property(r, prop, a));
            break;
        }
        // fall through
    case PROP_HIDDEN_H:
        for (int32_t a = 0; a < n; a++) c[a] = (uint8_t)clip(mol_hidden_h(m, a));
        break;
    case PROP_RINGS: case PROP_MIN_RING: ring_column(m, prop, c); break;
    default:
        for (int32_t a = 0; a < n; a++) c[a] = (uint8_t)clip(smarts_property(r, prop, a));
    }
    return ARYL_OK;
}

// Bit a of the set: low <= column[a] <= low + span. The column is readable up to the next 64 atoms.
static void add_range(const uint8_t *column, int32_t n_atoms, uint8_t low, uint8_t span, uint64_t *set)
{
    for (int32_t at = 0; at < n_atoms; at += 16) {
        uint64_t bits = 0;
#if defined(__SSE2__)
        __m128i x = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)(column + at)), _mm_set1_epi8((char)low));
        bits = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8((char)span)), x));
#else
        for (int i = 0; i < 16; i++) bits |= (uint64_t)((uint8_t)(column[at + i] - low) <= span) << i;
#endif
        set[at >> 6] |= bits << (at & 63);
    }
}

// Ranges of numbers that a byte cannot hold, and of what is more than one number.
static aryl_status wide_range(smarts_run *r, const node *n, uint64_t *set)
{
    const aryl_mol *m = r->mol;
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
    if (n->prop == PROP_RINGS || n->prop == PROP_MIN_RING) {
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
    for (int32_t a = 0; a < m->n_atoms; a++) {
        int32_t x = smarts_property(r, n->prop, a);
        set[a >> 6] |= (uint64_t)(x >= n->low && x <= n->high) << (a & 63);
    }
    return ARYL_OK;
}

void smarts_prepare_range(node *n)
{
    int32_t shift = n->prop == PROP_CHARGE ? CHARGE_OFFSET : 0, most = n->prop == PROP_TYPE || n->prop == PROP_CHARGE ? 255 : 254;
    int64_t low = n->low == INT32_MIN ? 0 : (int64_t)n->low + shift, high = n->high == INT32_MAX ? 255 : (int64_t)n->high + shift;
    if (low < 0) low = 0;
    if (most == 255 && high > 255) high = 255;
    n->by_bytes = n->prop != PROP_RING_SIZE && low <= high && low <= most && (high <= most || n->high == INT32_MAX);
    n->from = (uint8_t)low;
    n->span = (uint8_t)(high - low);
}

aryl_status smarts_range(smarts_run *r, const node *n, uint64_t *set)
{
    for (int32_t w = 0; w < r->words; w++) set[w] = 0;
    if (n->op == OP_RANGE && !n->by_bytes) return wide_range(r, n, set);
    TRY(need_column(r, n->prop));
    const uint8_t *column = r->column[n->prop];
    const int32_t *run = r->set->child + n->first;
    if (n->op == OP_RANGE) add_range(column, r->mol->n_atoms, n->from, n->span, set);
    for (int32_t k = 0; k < n->n; k++) add_range(column, r->mol->n_atoms, (uint8_t)(run[k] & 0xFF), (uint8_t)(run[k] >> 8), set);
    for (int32_t w = 0; w < r->words; w++) set[w] &= r->all[w];
    return ARYL_OK;
}
