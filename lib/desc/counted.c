// counted.c - descriptors that are the number of places where one pattern fits.
#include "desc/desc.h"

enum { MATCHES = 1000, N_FRAGMENTS = 85 };   // where the reference stops counting

static aryl_status count(facts *f, int32_t group, int32_t n, double *out)
{
    int64_t found[N_FRAGMENTS];
    TRY(facts_pattern_counts(f, group, n, MATCHES, found));
    for (int32_t i = 0; i < n; i++) out[i] = (double)found[i];
    return ARYL_OK;
}

static aryl_status run_counted(facts *f, double *out) { return count(f, PATTERNS_COUNTED, N_LIPINSKI, out); }
static aryl_status run_fragments(facts *f, double *out) { return count(f, PATTERNS_FRAGMENTS, N_FRAGMENTS, out); }

const desc_family desc_counted = {
    .name = "counted", .source = "doi:10.1016/S0169-409X(96)00423-1", .n_values = N_LIPINSKI,
    .patterns = true, .run = run_counted,
};
const desc_family desc_fragments = {
    .name = "fragments", .source = "fragment counts of RDKit, fragments_table.h", .n_values = N_FRAGMENTS,
    .patterns = true, .run = run_fragments,
};
