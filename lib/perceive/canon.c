// canon.c - canonical ranks of atoms, RDKit's.
//
// Atoms are kept in an ordered partition that is refined until nothing tells the members of a class apart, then ties
// are broken from the top. What is compared, and when comparisons are skipped, is part of the result: orders inside a
// class show in the ranks. So nothing here may be "improved".
#include "perceive/perceive.h"

typedef struct record {            // what an atom sees through one bond
    uint64_t key;                  // bond type, stereo, class of the neighbour, stereo resolved; as of the last look
    int32_t nbr, bond;
} record;

typedef struct partition {
    const aryl_mol *m;
    uint32_t flags;
    arena *tmp;
    int32_t n;
    uint64_t *fixed;               // [n][2] what never changes: map, degree, element, isotope, hydrogens, charge
    record *rec;                   // at m->start[a], largest first
    int32_t *cls;                  // class of an atom: the place of its first member
    int32_t *order, *size;         // atoms by class; number of members, at the first place of a class
    int32_t *stack, n_stack;       // classes to look at
    uint8_t *on_stack, *changed;
    uint64_t *touched;             // classes as bits
    int32_t *group, *merged, *upto;// sorting: size of the group that an atom heads; scratch
    int32_t *seen, now;            // per atom: the sorting for which its records are fresh
    uint8_t *n_rings;              // per atom: 0, 1, 2 for more; NULL until needed
    int32_t *near, max_degree;     // scratch, five times the highest degree
    int32_t **profile;             // per atom: two lists, each led by its length
    int32_t n_classes;
    bool has_tags, has_mates;
} partition;

static bool tagged(const aryl_mol *m, int32_t a) { return m->tag[a] == TAG_CW || m->tag[a] == TAG_CCW; }
static bool has_mates(const aryl_mol *m, int32_t a)
{
    return m->mate_start && tagged(m, a) && m->mate_start[a + 1] > m->mate_start[a];
}

// ---- parity

// Whether sorting v takes an odd number of exchanges; *equal tells of two equal entries. v is sorted afterwards.
static bool sort_parity(int32_t *v, int32_t n, bool *equal)
{
    bool odd = false;
    *equal = false;
    for (int32_t i = 1; i < n; i++) {
        int32_t x = v[i], k = i;
        for (; k && v[k - 1] > x; k--) v[k] = v[k - 1];
        odd ^= (i - k) & 1;
        v[k] = x;
    }
    for (int32_t i = 1; i < n; i++) *equal |= v[i] == v[i - 1];
    return odd;
}

// ---- what an atom sees

static uint64_t record_key(const partition *p, const record *r)
{
    const aryl_mol *m = p->m;
    uint64_t type = m->bond_flags[r->bond] & BOND_IS_AROMATIC ? BOND_AROMATIC : m->type[r->bond];
    uint64_t stereo = p->flags & CANON_CHIRALITY ? m->stereo[r->bond] : 0, resolved = stereo;
    if (stereo == STEREO_CIS || stereo == STEREO_TRANS) {
        // Seen from the substituent that ranks higher at each end.
        for (int32_t side = 0; side < 2; side++) {
            int32_t end = side ? m->end[r->bond] : m->begin[r->bond], far = mol_other(m, r->bond, end);
            int32_t named = m->stereo_atom[2 * r->bond + side], rest = -1;
            if (mol_degree(m, end) < 3 || named < 0) continue;
            for (int32_t k = m->start[end]; k < m->start[end + 1]; k++)
                if (m->nbr[k] != far && m->nbr[k] != named) rest = m->nbr[k];
            if (rest >= 0 && p->cls[rest] > p->cls[named]) resolved = STEREO_CIS + STEREO_TRANS - resolved;
        }
    }
    return type << 56 | stereo << 48 | (uint64_t)(uint32_t)p->cls[r->nbr] << 8 | resolved;
}

// Largest first; equal ones keep their order. Bottom-up merging for the rare atom with a crowd of neighbours.
static aryl_status sort_records(const partition *p, record *r, int32_t n)
{
    if (n <= 24) {
        for (int32_t i = 1; i < n; i++) {
            record x = r[i];
            int32_t k = i;
            for (; k && r[k - 1].key < x.key; k--) r[k] = r[k - 1];
            r[k] = x;
        }
        return ARYL_OK;
    }
    arena_mark here = arena_save(p->tmp);
    record *copy = arena_new(p->tmp, record, n);
    if (!copy) return ARYL_E_NOMEM;
    for (int64_t width = 1; width < n; width *= 2) {
        memcpy(copy, r, (size_t)n * sizeof *r);
        for (int64_t at = 0; at < n; at += 2 * width) {
            int64_t mid = at + width < n ? at + width : n, end = mid + width < n ? mid + width : n;
            for (int64_t i = at, j = mid, k = at; k < end; k++)
                r[k] = j == end || (i < mid && copy[i].key >= copy[j].key) ? copy[i++] : copy[j++];
        }
    }
    arena_restore(p->tmp, here);
    return ARYL_OK;
}

static aryl_status refresh(partition *p, int32_t a)
{
    if (p->seen[a] == p->now) return ARYL_OK;
    p->seen[a] = p->now;
    int32_t from = p->m->start[a], to = p->m->start[a + 1];
    for (int32_t k = from; k < to; k++) p->rec[k].key = record_key(p, &p->rec[k]);
    return sort_records(p, p->rec + from, to - from);
}

static aryl_status compare_records(partition *p, int32_t x, int32_t y, int32_t *result)
{
    TRY(refresh(p, x));
    TRY(refresh(p, y));
    const record *a = p->rec + p->m->start[x], *b = p->rec + p->m->start[y];
    int32_t na = mol_degree(p->m, x), nb = mol_degree(p->m, y);
    for (int32_t k = 0; k < na && k < nb; k++) {
        if (a[k].key == b[k].key) continue;
        *result = a[k].key < b[k].key ? -1 : 1;
        return ARYL_OK;
    }
    *result = (na > nb) - (na < nb);
    return ARYL_OK;
}

// ---- comparison A: the atoms themselves, then what they see

static int32_t handedness(partition *p, int32_t a)
{
    const aryl_mol *m = p->m;
    if (!tagged(m, a)) return 0;
    int32_t n = mol_degree(m, a);
    bool equal;
    for (int32_t k = 0; k < n; k++) p->near[k] = p->cls[m->nbr[m->start[a] + k]];
    bool odd = sort_parity(p->near, n, &equal);
    if (equal) return 0;
    return (m->tag[a] == TAG_CW) != odd ? 2 : 1;
}

static uint32_t ring_code(const partition *p, int32_t a)
{
    uint32_t code = 0;
    for (int32_t k = p->m->start[a]; k < p->m->start[a + 1]; k++)
        if (has_mates(p->m, p->m->nbr[k])) code += (uint32_t)p->cls[p->m->nbr[k]] * 10000u + 1u;
    return code;
}

static aryl_status compare_atoms(partition *p, int32_t x, int32_t y, int32_t *result)
{
    for (int32_t k = 0; k < 2; k++) {
        uint64_t a = p->fixed[2 * x + k], b = p->fixed[2 * y + k];
        if (a == b) continue;
        *result = a < b ? -1 : 1;
        return ARYL_OK;
    }
    if (p->has_tags) {
        int32_t a = p->m->tag[x] != 0, b = p->m->tag[y] != 0;
        if (a && b) {
            a = handedness(p, x);
            b = handedness(p, y);
        }
        if ((*result = a - b)) return ARYL_OK;
    }
    if (p->has_mates) {
        uint32_t a = ring_code(p, x), b = ring_code(p, y);
        if ((*result = (a > b) - (a < b))) return ARYL_OK;
    }
    return compare_records(p, x, y, result);
}

// ---- comparison B: how chiral neighbours look when approached from here

// Pairs of (class of the neighbour, handedness), sorted; returns how many.
static int32_t approach(const partition *p, int32_t a, int32_t *near, int32_t *out)
{
    const aryl_mol *m = p->m;
    int32_t n_out = 0;
    for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) {
        int32_t x = p->rec[k].nbr, first = m->start[x], last = m->start[x + 1], number = 0, n = 0;
        if (p->n_rings[a] && m->tag[x]) {
            bool equal;
            for (int32_t j = first; j < last; j++)
                if (m->nbr[j] != a) near[n++] = p->cls[m->nbr[j]];
            sort_parity(near, n, &equal);
            if (!equal) {
                if (!tagged(m, x)) continue;
                // This atom, then the others as x remembers them, as places in x's stored list.
                n = 1;
                for (int32_t j = first; j < last; j++)
                    for (int32_t i = first; i < last; i++)
                        if (m->nbr[i] == p->rec[j].nbr) near[m->nbr[i] == a ? 0 : n++] = i;
                number = (m->tag[x] == TAG_CW) != sort_parity(near, n, &equal) ? 1 : 2;
            }
        }
        int32_t c = p->cls[x], at = n_out++;
        for (; at && (out[2 * at - 2] > c || (out[2 * at - 2] == c && out[2 * at - 1] > number)); at--) {
            out[2 * at] = out[2 * at - 2];
            out[2 * at + 1] = out[2 * at - 1];
        }
        out[2 * at] = c;
        out[2 * at + 1] = number;
    }
    return n_out;
}

static aryl_status compare_approaches(partition *p, int32_t x, int32_t y, int32_t *result)
{
    TRY(compare_records(p, x, y, result));
    if (*result) return ARYL_OK;
    int32_t *a = p->near + p->max_degree, *b = a + 2 * p->max_degree;
    int32_t n = approach(p, x, p->near, a), n_y = approach(p, y, p->near, b);
    for (int32_t k = 0; k < n && k < n_y; k++)
        if ((*result = a[2 * k + 1] - b[2 * k + 1])) return ARYL_OK;
    return ARYL_OK;
}

// ---- comparison C: what the ring system looks like from here, level by level

static int32_t compare_lists(const int32_t *a, const int32_t *b)
{
    int32_t n = *a < *b ? *a : *b;
    for (int32_t k = 1; k <= n; k++)
        if (a[k] != b[k]) return a[k] < b[k] ? -1 : 1;
    return (*a > *b) - (*a < *b);
}

static aryl_status compare_profiles(partition *p, int32_t x, int32_t y, int32_t *result)
{
    static const int32_t nothing[] = {0, 0};
    const int32_t *a = p->profile[x] ? p->profile[x] : nothing, *b = p->profile[y] ? p->profile[y] : nothing;
    if ((*result = compare_lists(a, b))) return ARYL_OK;
    if ((*result = compare_lists(a + *a + 1, b + *b + 1))) return ARYL_OK;
    return compare_records(p, x, y, result);
}

// Two lists of the ring atom `from`: new atoms of each level; how often atoms are met from the new ones.
static aryl_status ring_profile(partition *p, int32_t from, int32_t *room)
{
    const aryl_mol *m = p->m;
    int32_t *level_of = room, *met = room + p->n, *atoms = met + p->n, *sizes = atoms + p->n, *counts = sizes + 2 * p->n + 4;
    memset(level_of, 0xFF, (size_t)p->n * sizeof *level_of);
    memset(met, 0, (size_t)p->n * sizeof *met);
    int32_t n_sizes = 0, n_counts = 0, begin = 0, end = 1, level = 0;
    atoms[0] = from;
    level_of[from] = 0;
    while (begin < end) {
        int32_t next = end;
        level++;
        for (int32_t i = begin; i < end; i++) {
            if (!p->n_rings[atoms[i]]) continue;
            for (int32_t k = m->start[atoms[i]]; k < m->start[atoms[i] + 1]; k++) {
                if (level_of[m->nbr[k]] >= 0) continue;
                level_of[m->nbr[k]] = level;
                atoms[next++] = m->nbr[k];
            }
        }
        int32_t first = n_counts;
        for (int32_t pass = 0; pass < 2; pass++)
            for (int32_t i = end; i < next; i++)
                for (int32_t k = m->start[atoms[i]]; k < m->start[atoms[i] + 1]; k++) {
                    int32_t x = m->nbr[k];
                    if (level_of[x] < level - 1) continue;
                    if (!pass) {
                        met[x]++;
                    } else if (met[x]) {
                        int32_t at = n_counts++;
                        for (; at > first && counts[at - 1] > met[x]; at--) counts[at] = counts[at - 1];
                        counts[at] = met[x];
                        met[x] = 0;
                    }
                }
        if (!arena_work(p->tmp, next - begin + n_counts - first)) return ARYL_E_LIMIT;
        counts[n_counts++] = -1;
        sizes[n_sizes++] = next - end;
        sizes[n_sizes++] = -1;
        begin = end;
        end = next;
    }
    int32_t *out = p->profile[from] = arena_new(p->tmp, int32_t, (size_t)n_sizes + (size_t)n_counts + 2);
    if (!out) return ARYL_E_NOMEM;
    *out = n_sizes;
    memcpy(out + 1, sizes, (size_t)n_sizes * sizeof *out);
    out += n_sizes + 1;
    *out = n_counts;
    memcpy(out + 1, counts, (size_t)n_counts * sizeof *out);
    return ARYL_OK;
}

static aryl_status ring_profiles(partition *p)
{
    size_t n = (size_t)p->n;
    p->profile = arena_zero(p->tmp, int32_t *, n);
    int32_t *room = arena_new(p->tmp, int32_t, 3 * n + 2 * n + 4 + 4 * n + 4);
    if (!p->profile || !room) return ARYL_E_NOMEM;
    for (int32_t c = 0; c < p->n; c += p->size[c])
        for (int32_t k = c; p->size[c] > 1 && k < c + p->size[c]; k++)
            if (p->n_rings[p->order[k]]) TRY(ring_profile(p, p->order[k], room));
    return ARYL_OK;
}

// ---- sorting a class

typedef aryl_status (*comparison)(partition *p, int32_t x, int32_t y, int32_t *result);

// Merge sort with tied items kept as groups: group[] of a group's first item is its size. The halves are part of the
// definition, since a comparison refreshes what the compared atoms remember. upto[k]: changed items among the first k.
// Depth: log2(n).
static aryl_status sort_class(partition *p, int32_t *item, const int32_t *upto, int32_t n, comparison compare)
{
    if (n == 1 || *upto == upto[n]) {
        p->group[*item] = n;
        return ARYL_OK;
    }
    int32_t half = n / 2, i = 0, j = half, k = 0;
    TRY(sort_class(p, item, upto, half, compare));
    TRY(sort_class(p, item + half, upto + half, n - half, compare));
    int32_t *out = p->merged;
    while (i < half && j < n) {
        int32_t x = item[i], y = item[j], gx = p->group[x], gy = p->group[y], result = 0;
        if (p->changed[x] || p->changed[y]) TRY(compare(p, x, y, &result));
        if (result <= 0) {
            memcpy(out + k, item + i, (size_t)gx * sizeof *out);
            i += gx;
            k += gx;
        }
        if (result >= 0) {
            memcpy(out + k, item + j, (size_t)gy * sizeof *out);
            j += gy;
            k += gy;
        }
        if (!result) p->group[x] = gx + gy;
    }
    memcpy(out + k, item + i, (size_t)(half - i) * sizeof *out);   // one of the two is empty
    memcpy(out + k + half - i, item + j, (size_t)(n - j) * sizeof *out);
    memcpy(item, out, (size_t)n * sizeof *item);
    return ARYL_OK;
}

// ---- refining

static void push(partition *p, int32_t c)
{
    if (p->size[c] < 2 || p->on_stack[c]) return;
    p->on_stack[c] = 1;
    p->stack[p->n_stack++] = c;
}

static void activate_all(partition *p)
{
    p->n_stack = 0;
    for (int32_t c = 0; c < p->n; c += p->size[c]) push(p, c);
    memset(p->changed, 1, (size_t)p->n);
}

// The surroundings of these atoms have changed: the classes there are looked at again, the highest first.
static void wake_neighbours(partition *p, const int32_t *atom, int32_t n)
{
    const aryl_mol *m = p->m;
    int32_t low = p->n, high = -1;
    for (int32_t i = 0; i < n; i++)
        for (int32_t k = m->start[atom[i]]; k < m->start[atom[i] + 1]; k++) {
            int32_t word = p->cls[m->nbr[k]] / 64;
            p->changed[m->nbr[k]] = 1;
            p->touched[word] |= (uint64_t)1 << p->cls[m->nbr[k]] % 64;
            if (word < low) low = word;
            if (word > high) high = word;
        }
    for (int32_t word = low; word <= high; word++)
        for (; p->touched[word]; p->touched[word] &= p->touched[word] - 1)
            push(p, word * 64 + __builtin_ctzll(p->touched[word]));
}

static aryl_status refine(partition *p, comparison compare)
{
    while (p->n_stack) {
        int32_t c = p->stack[--p->n_stack], n = p->size[c], *member = p->order + c;
        if (!arena_work(p->tmp, n)) return ARYL_E_LIMIT;
        p->on_stack[c] = 0;
        p->now++;
        p->upto[0] = 0;
        for (int32_t k = 0; k < n; k++) p->upto[k + 1] = p->upto[k] + p->changed[member[k]];
        TRY(sort_class(p, member, p->upto, n, compare));
        for (int32_t k = 0; k < n; k++) p->changed[member[k]] = 0;
        int32_t stay = p->group[member[0]];
        p->size[c] = stay;
        for (int32_t k = stay, g; k < n; k += g) {
            g = p->group[member[k]];
            p->size[c + k] = g;
            p->n_classes++;
            for (int32_t i = k; i < k + g; i++) p->cls[member[i]] = c + k;
        }
        wake_neighbours(p, member + stay, n - stay);
    }
    return ARYL_OK;
}

static aryl_status break_ties(partition *p)
{
    for (int32_t i = 0; i < p->n;) {
        int32_t head = p->order[i], was = p->cls[head];
        while (p->size[p->cls[head]] > 1) {
            int32_t c = p->cls[head], last = c + p->size[c] - 1, single = p->order[last];
            p->cls[single] = last;
            p->size[c]--;
            p->size[last] = 1;
            p->n_classes++;
            if (!mol_degree(p->m, single)) continue;
            wake_neighbours(p, &single, 1);
            TRY(refine(p, compare_atoms));
            if (p->order[p->cls[head]] != head) break;
        }
        if (p->cls[head] == was) i++;
    }
    return ARYL_OK;
}

// ---- rings

// Without perceived rings, as many as a depth-first walk closes: one for each edge back to an atom on the way.
static aryl_status closures(partition *p)
{
    const aryl_mol *m = p->m;
    size_t n = (size_t)p->n;
    int32_t *cursor = arena_new(p->tmp, int32_t, n), *parent = arena_new(p->tmp, int32_t, n);
    uint8_t *state = arena_zero(p->tmp, uint8_t, n);   // 1: on the way, 2: done
    if (!cursor || !parent || !state) return ARYL_E_NOMEM;
    for (int32_t root = 0; root < p->n; root++) {
        if (state[root]) continue;
        int32_t a = root;
        parent[a] = -1;
        cursor[a] = m->start[a];
        state[a] = 1;
        while (a >= 0) {
            if (cursor[a] == m->start[a + 1]) {
                state[a] = 2;
                a = parent[a];
                continue;
            }
            int32_t x = m->nbr[cursor[a]++];
            if (!state[x]) {
                parent[x] = a;
                cursor[x] = m->start[x];
                state[x] = 1;
                a = x;
            } else if (state[x] == 1 && x != parent[a]) {
                int64_t steps = 1;
                for (int32_t y = a;; y = parent[y], steps++) {
                    if (p->n_rings[y] < 2) p->n_rings[y]++;
                    if (y == x) break;
                }
                if (!arena_work(p->tmp, steps)) return ARYL_E_LIMIT;
            }
        }
    }
    return ARYL_OK;
}

static aryl_status count_rings(partition *p)
{
    const aryl_mol *m = p->m;
    if (p->n_rings) return ARYL_OK;
    p->n_rings = arena_zero(p->tmp, uint8_t, p->n);
    if (!p->n_rings) return ARYL_E_NOMEM;
    if (!m->ring_start) return closures(p);
    for (int32_t k = 0; k < m->ring_start[m->n_rings]; k++) p->n_rings[m->ring_atom[k]] += p->n_rings[m->ring_atom[k]] < 2;
    return ARYL_OK;
}

// Whether comparison B can tell anything apart: it looks at chiral neighbours of ring atoms, and again at labels that
// depend on atoms two bonds away.
static bool approaches_matter(const partition *p)
{
    const aryl_mol *m = p->m;
    if (!(p->flags & CANON_CHIRALITY)) return false;
    for (int32_t b = 0; b < p->m->n_bonds; b++) {
        if (m->stereo[b] >= STEREO_CIS) return true;
        if (!p->has_tags) continue;
        int32_t x = m->begin[b], y = m->end[b];
        if ((m->tag[x] && p->n_rings[y]) || (m->tag[y] && p->n_rings[x])) return true;
    }
    return false;
}

// More than half of the ring atoms are in classes of three and more, and some tied ones are in two rings.
static bool symmetrical_rings(const partition *p)
{
    int64_t ring_atoms = 0, tied = 0;
    bool branched = false;
    for (int32_t a = 0; a < p->n; a++) ring_atoms += p->n_rings[a] != 0;
    for (int32_t c = 0; c < p->n; c += p->size[c]) {
        int32_t rings = p->n_rings[p->order[c]];
        if (rings && p->size[c] > 2) tied += p->size[c];
        if (rings > 1 && p->size[c] > 1) branched = true;
    }
    return ring_atoms && branched && (float)tied / (float)ring_atoms > 0.5f;
}

// ---- all together

static void describe(partition *p)
{
    const aryl_mol *m = p->m;
    for (int32_t a = 0; a < p->n; a++) {
        uint32_t map = m->atom_flags[a] & ATOM_HAS_MAP && (p->flags & CANON_MAPS || !m->z[a]) ? (uint32_t)m->map[a] : 0;
        uint64_t isotope = p->flags & CANON_ISOTOPES ? m->isotope[a] : 0;
        p->fixed[2 * a] = (uint64_t)map << 32 | (uint64_t)(uint32_t)mol_degree(m, a) << 8 | m->z[a];
        p->fixed[2 * a + 1] = isotope << 48 | (uint64_t)mol_hidden_h(m, a) << 32 | (uint32_t)(int32_t)m->charge[a];
        p->has_tags |= m->tag[a] != 0;
        p->has_mates |= has_mates(m, a);
        p->order[a] = a;
    }
    if (!(p->flags & CANON_CHIRALITY)) p->has_tags = p->has_mates = false;
    for (int32_t a = 0; a < p->n; a++)
        for (int32_t k = m->start[a]; k < m->start[a + 1]; k++) p->rec[k] = (record){.nbr = m->nbr[k], .bond = m->via[k]};
}

// The first remembered order looks at bonds alone.
static aryl_status sort_by_bonds(partition *p)
{
    for (int32_t a = 0; a < p->n; a++) {
        int32_t from = p->m->start[a], to = p->m->start[a + 1];
        for (int32_t k = from; k < to; k++) p->rec[k].key = record_key(p, &p->rec[k]) & ~(uint64_t)0xFF;
        TRY(sort_records(p, p->rec + from, to - from));
    }
    return ARYL_OK;
}

static aryl_status rank_atoms(partition *p)
{
    p->size[0] = p->n;
    p->n_classes = 1;
    describe(p);
    TRY(sort_by_bonds(p));
    activate_all(p);
    TRY(refine(p, compare_atoms));
    if (p->n_classes < p->n) TRY(count_rings(p));
    if (p->n_classes < p->n && approaches_matter(p)) {
        activate_all(p);
        TRY(refine(p, compare_approaches));
    }
    if (p->n_classes < p->n && symmetrical_rings(p)) {
        TRY(ring_profiles(p));
        activate_all(p);
        TRY(refine(p, compare_profiles));
    }
    return p->flags & CANON_BREAK_TIES ? break_ties(p) : ARYL_OK;
}

aryl_status perceive_ranks(const aryl_mol *m, uint32_t flags, arena *tmp, int32_t *rank)
{
    size_t n = (size_t)m->n_atoms;
    if (!n) return ARYL_OK;
    arena_mark here = arena_save(tmp);
    partition p = {.m = m, .flags = flags, .tmp = tmp, .n = m->n_atoms, .cls = rank};
    for (int32_t a = 0; a < p.n; a++)
        if (mol_degree(m, a) > p.max_degree) p.max_degree = mol_degree(m, a);
    p.fixed = arena_new(tmp, uint64_t, 2 * n);
    p.rec = arena_new(tmp, record, 2 * (size_t)m->n_bonds);
    p.touched = arena_zero(tmp, uint64_t, n / 64 + 1);
    int32_t *ints = arena_zero(tmp, int32_t, 7 * n + 1 + 5 * (size_t)p.max_degree);
    uint8_t *bytes = arena_zero(tmp, uint8_t, 2 * n);
    aryl_status s = ARYL_E_NOMEM;
    if (!p.fixed || !p.rec || !p.touched || !ints || !bytes) goto out;
    p.order = ints;
    p.size = p.order + n;
    p.stack = p.size + n;
    p.group = p.stack + n;
    p.merged = p.group + n;
    p.seen = p.merged + n;
    p.upto = p.seen + n;
    p.near = p.upto + n + 1;
    p.on_stack = bytes;
    p.changed = bytes + n;
    memset(rank, 0, n * sizeof *rank);
    s = rank_atoms(&p);
out:
    arena_restore(tmp, here);
    return s;
}
