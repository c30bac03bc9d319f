// cx_group.c - substance groups in CXSMILES: polymers, data, and which is inside which.
//
// Groups are checked and forgotten. What stays is a mark on hydrogens that must not be removed: those at the end of a
// bond that leaves a group, and those that are all a group has.
#include "io/io.h"

static aryl_status no_memory(const cx_reader *cx)
{
    return fail_at(cx->smiles->err, ARYL_E_NOMEM, -1, "out of memory");
}

typedef struct index_list { uint32_t *v; int32_t n; int64_t at; struct index_list *next; } index_list;

static bool at(const cx_reader *cx, char c) { return cx->i < cx->n && cx->text[cx->i] == c; }

// Numbers with one separator between them, some of which may be missing.
static aryl_status read_list(cx_reader *cx, char separator, index_list *list)
{
    int64_t most = 1;
    for (int64_t k = cx->i; k < cx->n; k++) {
        char c = cx->text[k];
        if (c == separator) most++;
        else if (c < '0' || c > '9') break;
    }
    *list = (index_list){.v = arena_new(cx->raw->mem, uint32_t, most), .at = cx->i};
    if (!list->v) return no_memory(cx);
    for (;;) {
        uint32_t v;
        if (cx_uint(cx, &v)) list->v[list->n++] = v;
        if (!at(cx, separator)) return ARYL_OK;
        cx->i++;
    }
}

// Drops what is no atom; false: something was dropped.
static bool only_atoms(const cx_reader *cx, index_list *list)
{
    int32_t n = 0;
    for (int32_t i = 0; i < list->n; i++)
        if (list->v[i] < (uint32_t)cx->raw->n_atoms) list->v[n++] = list->v[i];
    bool all = n == list->n;
    list->n = n;
    return all;
}

static aryl_status keep_group(cx_reader *cx, const index_list *atoms)
{
    if (cx->n_kept == cx->cap_kept) {
        int32_t more = cx->cap_kept ? 2 * cx->cap_kept : 16;
        uint32_t *grown = arena_grow(cx->raw->mem, cx->kept, (size_t)cx->cap_kept, (size_t)more, sizeof *grown);
        if (!grown) return no_memory(cx);
        cx->kept = grown;
        cx->cap_kept = more;
    }
    cx->kept[cx->n_kept++] = (uint32_t)cx->n_groups - 1;
    for (int32_t i = 0; i < atoms->n; i++)
        if (cx->raw->atom[atoms->v[i]].z != 1) return ARYL_OK;
    index_list *copy = arena_new(cx->raw->mem, index_list, 1);
    if (!copy) return no_memory(cx);
    *copy = *atoms;
    copy->next = cx->hydrogens;
    cx->hydrogens = copy;
    return ARYL_OK;
}

static aryl_status mark_atoms(cx_reader *cx, const index_list *atoms)
{
    if (!cx->mark && !(cx->mark = arena_zero(cx->raw->mem, int32_t, cx->raw->n_atoms))) return no_memory(cx);
    cx->serial++;
    for (int32_t i = 0; i < atoms->n; i++) cx->mark[atoms->v[i]] = cx->serial;
    return ARYL_OK;
}

// A bond of the group: if it leaves the group, a hydrogen at its end stays.
static aryl_status crossing(cx_reader *cx, const raw_bond *b, int64_t where)
{
    raw_atom *atom = cx->raw->atom;
    int32_t inside = (cx->mark[b->begin] == cx->serial) + (cx->mark[b->end] == cx->serial);
    if (!inside && cx->stray_bond < 0) {
        cx->stray_bond = where;
        if (!(cx->held = arena_new(cx->raw->mem, uint8_t, cx->raw->n_atoms))) return no_memory(cx);
        for (int32_t i = 0; i < cx->raw->n_atoms; i++) cx->held[i] = atom[i].flags;
    }
    if (inside != 1) return ARYL_OK;
    if (atom[b->begin].z == 1) atom[b->begin].flags |= ATOM_KEEP;
    if (atom[b->end].z == 1) atom[b->end].flags |= ATOM_KEEP;
    return ARYL_OK;
}

// The bonds of each atom a: via[start[a] .. start[a + 1]).
static aryl_status list_bonds(cx_reader *cx)
{
    const raw_mol *raw = cx->raw;
    int32_t *start = arena_new(raw->mem, int32_t, (size_t)raw->n_atoms + 1), total = 0;
    int32_t *via = arena_new(raw->mem, int32_t, 2 * (size_t)raw->n_bonds);
    if (!start || !via) return no_memory(cx);
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

// Bonds that leave the group at an atom, when the text names none; a group of one atom has one head and one tail.
static aryl_status crossing_at(cx_reader *cx, uint32_t atom, int32_t most)
{
    for (int32_t k = cx->start[atom]; k < cx->start[atom + 1] && most > 0; k++) {
        const raw_bond *b = &cx->raw->bond[cx->via[k]];
        if (cx->mark[b->begin] == cx->serial && cx->mark[b->end] == cx->serial) continue;
        TRY(crossing(cx, b, cx->i));
        most--;
    }
    return ARYL_OK;
}

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
    cx->i += 2;
    TRY(cx_expect(cx, ':'));
    int64_t start = cx->i;
    cx->n_groups++;
    TRY(cx_word(cx, ":"));
    if (!known_type(cx)) return cx_fail(cx, start, "unknown type of a polymer group");
    cx->i++;
    index_list atoms, head = {0}, tail = {0};
    TRY(read_list(cx, ',', &atoms));
    only_atoms(cx, &atoms);
    bool keep = atoms.n > 0;
    if (at(cx, ':')) {
        cx->i++;
        TRY(cx_word(cx, ":|"));
        if (at(cx, ':')) {
            cx->i++;
            TRY(cx_word(cx, ":|,"));
            if (at(cx, ':')) {
                cx->i++;
                TRY(read_list(cx, ',', &head));
                keep = only_atoms(cx, &head) && keep;   // RDKit compares these bonds with the number of atoms
                if (at(cx, ':')) {
                    cx->i++;
                    TRY(read_list(cx, ',', &tail));
                    keep = only_atoms(cx, &tail) && keep;
                }
            }
        }
    }
    if (!keep) return ARYL_OK;
    cx_apply_labels(cx);
    TRY(mark_atoms(cx, &atoms));
    if (!head.n && !tail.n) {
        if (!cx->start) TRY(list_bonds(cx));
        TRY(crossing_at(cx, atoms.v[0], atoms.n == 1 ? 2 : INT32_MAX));
        if (atoms.n > 1) TRY(crossing_at(cx, atoms.v[atoms.n - 1], INT32_MAX));
    }
    const index_list *lists[2] = {&head, &tail};
    for (int32_t k = 0; k < 2; k++)
        for (int32_t i = 0; i < lists[k]->n; i++) {
            if (lists[k]->v[i] >= (uint32_t)cx->raw->n_bonds)
                return cx_fail(cx, lists[k]->at, "a bond of the polymer group does not exist");
            TRY(crossing(cx, &cx->raw->bond[lists[k]->v[i]], lists[k]->at));
        }
    return keep_group(cx, &atoms);
}

// "SgD:atoms:name:value:operator:unit:tag:(coordinates)"
aryl_status cx_data(cx_reader *cx)
{
    cx->i += 3;
    TRY(cx_expect(cx, ':'));
    cx->n_groups++;
    index_list atoms;
    TRY(read_list(cx, ',', &atoms));
    only_atoms(cx, &atoms);
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
    if (!atoms.n) return ARYL_OK;
    cx_apply_labels(cx);
    return keep_group(cx, &atoms);
}

static bool is_kept(const cx_reader *cx, uint32_t number)
{
    int32_t low = 0, high = cx->n_kept;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (cx->kept[middle] < number) low = middle + 1;
        else high = middle;
    }
    return low < cx->n_kept && cx->kept[low] == number;
}

// "SgH:parent:child.child,..."
aryl_status cx_hierarchy(cx_reader *cx)
{
    cx->i += 3;
    TRY(cx_expect(cx, ':'));
    for (;;) {
        uint32_t parent;
        index_list children;
        if (!cx_uint(cx, &parent)) return cx_fail(cx, cx->i, "expected a number");
        TRY(cx_expect(cx, ':'));
        TRY(read_list(cx, '.', &children));
        for (int32_t i = 0; i < children.n && is_kept(cx, parent); i++)
            if (children.v[i] >= (uint32_t)cx->n_kept) return cx_fail(cx, children.at, "a child group does not exist");
        if (!at(cx, ',')) return ARYL_OK;
        cx->i++;
    }
}

// A hydrogen that would be removed if no group held it.
static bool loose_hydrogen(const raw_atom *a)
{
    return a->z == 1 && a->degree == 1 && !a->isotope && a->charge != -1 && !(a->flags & ATOM_QUERY);
}

aryl_status cx_groups_done(cx_reader *cx)
{
    raw_atom *atom = cx->raw->atom;
    // RDKit asks every group about its bonds for each hydrogen that might go, and fails on a bond of no business there.
    for (int32_t i = 0; cx->held && i < cx->raw->n_atoms; i++)
        if (loose_hydrogen(&atom[i]) && !(cx->held[i] & ATOM_KEEP))
            return cx_fail(cx, cx->stray_bond, "a bond of the polymer group does not touch it");
    index_list *oldest = NULL;
    while (cx->hydrogens) {
        index_list *l = cx->hydrogens;
        cx->hydrogens = l->next;
        l->next = oldest;
        oldest = l;
    }
    for (const index_list *l = oldest; l; l = l->next) {
        bool all = true;
        for (int32_t i = 0; i < l->n; i++) all &= loose_hydrogen(&atom[l->v[i]]) && !(atom[l->v[i]].flags & ATOM_KEEP);
        for (int32_t i = 0; all && i < l->n; i++) atom[l->v[i]].flags |= ATOM_KEEP;
    }
    return ARYL_OK;
}
