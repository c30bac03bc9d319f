// cx_group.c - substance groups in CXSMILES: polymers, data, and which is inside which.
//
// Groups are checked and forgotten, but for the hydrogens that they hold.
#include "io/io.h"

static aryl_status no_memory(const cx_reader *cx)
{
    return fail_at(cx->smiles->err, ARYL_E_NOMEM, -1, "out of memory");
}

static bool at(const cx_reader *cx, char c) { return cx->i < cx->n && cx->text[cx->i] == c; }

// Numbers below `most` with one separator between them, some of which may be missing. *all: was none dropped?
static aryl_status read_list(cx_reader *cx, char separator, uint32_t most, index_list *list, bool *all)
{
    for (;;) {
        uint32_t v;
        if (cx_uint(cx, &v)) {
            if (v >= most) *all = false;
            else if (!index_list_add(list, cx->raw->mem, (int32_t)v)) return no_memory(cx);
        }
        if (!at(cx, separator)) return ARYL_OK;
        cx->i++;
    }
}

static aryl_status keep_group(cx_reader *cx, const io_group *g)
{
    io_group *copy = arena_new(cx->raw->mem, io_group, 1);
    if (!copy) return no_memory(cx);
    *copy = *g;
    if (cx->last_group) cx->last_group->next = copy;
    else cx->group = copy;
    cx->last_group = copy;
    cx->n_kept++;
    return ARYL_OK;
}

// ---- bonds that leave a group, when the text names none

// The bonds of each atom a: via[start[a] .. start[a + 1]).
static aryl_status list_bonds(cx_reader *cx)
{
    const raw_mol *raw = cx->raw;
    int32_t *start = arena_new(raw->mem, int32_t, (size_t)raw->n_atoms + 1), total = 0;
    int32_t *via = arena_new(raw->mem, int32_t, 2 * (size_t)raw->n_bonds);
    cx->mark = arena_zero(raw->mem, int32_t, raw->n_atoms);
    if (!start || !via || !cx->mark) return no_memory(cx);
    for (int32_t a = 0; a < raw->n_atoms; a++) start[a] = total += raw->atom[a].degree;
    start[raw->n_atoms] = total;
    for (int32_t i = raw->n_bonds; i-- > 0;) {   // backwards from each atom's end to its start
        via[--start[raw->bond[i].begin]] = i;
        via[--start[raw->bond[i].end]] = i;
    }
    cx->start = start;
    cx->via = via;
    return ARYL_OK;
}

// At most `most` of those at one atom.
static aryl_status leaving_bonds(cx_reader *cx, io_group *g, int32_t atom, int32_t most)
{
    for (int32_t k = cx->start[atom]; k < cx->start[atom + 1] && most > 0; k++) {
        const raw_bond *b = &cx->raw->bond[cx->via[k]];
        if (cx->mark[b->begin] == cx->n_groups && cx->mark[b->end] == cx->n_groups) continue;
        if (!index_list_add(&g->bonds, cx->raw->mem, cx->via[k])) return no_memory(cx);
        most--;
    }
    return ARYL_OK;
}

// Heads at the first atom, tails at the last; a group of one atom has one of each.
static aryl_status find_bonds(cx_reader *cx, io_group *g)
{
    const index_list *a = &g->atoms;
    if (!cx->start) TRY(list_bonds(cx));
    for (int32_t i = 0; i < a->n; i++) cx->mark[a->v[i]] = cx->n_groups;
    TRY(leaving_bonds(cx, g, a->v[0], a->n == 1 ? 2 : INT32_MAX));
    return a->n > 1 ? leaving_bonds(cx, g, a->v[a->n - 1], INT32_MAX) : ARYL_OK;
}

// ---- sections

static bool known_type(const cx_reader *cx)
{
    static const char *const types[] = {"n", "mon", "mer", "co", "xl", "mod", "mix", "f", "any", "gen", "c", "grf", "alt",
                                        "ran", "blk"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (cx_word_is(cx, types[i])) return true;
    return false;
}

// "Sg:type:atoms:subscript:superscript:head:tail"
aryl_status cx_polymer(cx_reader *cx)
{
    uint32_t n_atoms = (uint32_t)cx->raw->n_atoms;
    cx->i += 2;
    TRY(cx_expect(cx, ':'));
    io_group g = {.number = cx->n_groups++, .at = cx->i};
    bool keep = true, some;
    TRY(cx_word(cx, ":"));
    if (!known_type(cx)) return cx_fail(cx, g.at, "unknown type of a polymer group");
    cx->i++;
    TRY(read_list(cx, ',', n_atoms, &g.atoms, &some));
    if (at(cx, ':')) {
        cx->i++;
        TRY(cx_word(cx, ":|"));
        if (at(cx, ':')) {
            cx->i++;
            TRY(cx_word(cx, ":|,"));
            for (int32_t k = 0; k < 2 && at(cx, ':'); k++) {
                cx->i++;
                TRY(read_list(cx, ',', n_atoms, &g.bonds, &keep));   // as RDKit: bonds, compared with the atoms
            }
        }
    }
    if (!keep || !g.atoms.n) return ARYL_OK;
    cx_apply_labels(cx);
    for (int32_t i = 0; i < g.bonds.n; i++)
        if (g.bonds.v[i] >= cx->raw->n_bonds) return cx_fail(cx, g.at, "a bond of the polymer group does not exist");
    if (!g.bonds.n) TRY(find_bonds(cx, &g));
    return keep_group(cx, &g);
}

// "SgD:atoms:name:value:operator:unit:tag:(coordinates)"
aryl_status cx_data(cx_reader *cx)
{
    cx->i += 3;
    TRY(cx_expect(cx, ':'));
    io_group g = {.number = cx->n_groups++, .at = cx->i, .is_data = true};
    bool all;
    TRY(read_list(cx, ',', (uint32_t)cx->raw->n_atoms, &g.atoms, &all));
    cx->i++;
    for (int32_t field = 0; field < 5; field++) {
        if (cx->i >= cx->n) return cx_fail(cx, cx->n, "the data group ends too early");
        if (at(cx, '|')) continue;
        TRY(cx_word(cx, ":"));
        cx->i++;
    }
    if (at(cx, '(')) {
        TRY(cx_word(cx, ")"));
        cx->i++;
    }
    if (!g.atoms.n) return ARYL_OK;
    cx_apply_labels(cx);
    return keep_group(cx, &g);
}

static bool is_kept(const cx_reader *cx, uint32_t number)
{
    const io_group *g = number < (uint32_t)cx->n_groups ? cx->group : NULL;
    while (g && (uint32_t)g->number != number) g = g->next;
    return g != NULL;
}

// "SgH:parent:child.child,..."
aryl_status cx_hierarchy(cx_reader *cx)
{
    cx->i += 3;
    TRY(cx_expect(cx, ':'));
    for (;;) {
        uint32_t parent;
        index_list children = {0};
        bool all = true;
        if (!cx_uint(cx, &parent)) return cx_fail(cx, cx->i, "expected a number");
        TRY(cx_expect(cx, ':'));
        int64_t start = cx->i;
        TRY(read_list(cx, '.', (uint32_t)cx->n_kept, &children, &all));
        if (!all && is_kept(cx, parent)) return cx_fail(cx, start, "a child group does not exist");
        if (!at(cx, ',')) return ARYL_OK;
        cx->i++;
    }
}

aryl_status cx_groups_done(cx_reader *cx)
{
    const io_group *stray;
    if (io_hold_hydrogens(cx->raw, cx->group, &stray)) return no_memory(cx);
    return stray ? cx_fail(cx, stray->at, "a bond of the polymer group does not touch it") : ARYL_OK;
}
