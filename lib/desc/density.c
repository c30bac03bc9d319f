// density.c - how many different circular environments a molecule has for its size.
#include "desc/desc.h"
#include "fp/fp.h"

enum { RADII = 3 };

// Distinct ids up to each radius. Features come in the order of their radius, so one set that grows will do.
static aryl_status count_distinct(const fp_sink *s, arena *tmp, int32_t *distinct)
{
    uint32_t mask = 63;
    while (mask < 2 * s->n) mask = 2 * mask + 1;
    int32_t *table = arena_zero(tmp, int32_t, (size_t)mask + 1), n = 0;   // feature + 1, 0: free
    if (!table) return ARYL_E_NOMEM;
    for (int32_t r = 0; r <= RADII; r++) distinct[r] = 0;
    for (int64_t i = 0; i < s->n; i++) {
        uint32_t at = s->hash[i] & mask;
        while (table[at] && s->hash[table[at] - 1] != s->hash[i]) at = (at + 1) & mask;
        if (!table[at]) {
            table[at] = (int32_t)i + 1;
            n++;
        }
        distinct[s->origin[i].radius] = n;
    }
    for (int32_t r = 1; r <= RADII; r++)
        if (distinct[r] < distinct[r - 1]) distinct[r] = distinct[r - 1];   // nothing new was emitted at this radius
    return ARYL_OK;
}

static aryl_status run(facts *f, double *out)
{
    const fp_kind *kind = fp_find("ecfp", 4);
    fp_values v;
    fp_sink sink;
    fp_defaults(kind, &v);
    TRY(fp_set(kind, &v, "radius", 6, "3", 1, NULL));
    fp_sink_init(&sink, f->mem, true);
    TRY(fp_run(kind, f, &v, &sink));
    int32_t heavy = 0, distinct[RADII + 1];
    TRY(count_distinct(&sink, f->mem, distinct));
    for (int32_t a = 0; a < f->mol->n_atoms; a++) heavy += f->mol->z[a] > 1;
    for (int32_t r = 1; r <= RADII; r++) out[r - 1] = heavy ? (double)distinct[r] / heavy : 0;
    return ARYL_OK;
}

const desc_family desc_density = {.name = "density", .source = "docs/fp/ecfp.md", .n_values = RADII, .run = run};
