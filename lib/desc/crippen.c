// crippen.c - logP and molar refractivity as sums over atoms.
#include "desc/desc.h"

static aryl_status run(facts *f, double *out)
{
    TRY(facts_crippen(f));
    out[0] = f->total_log_p;
    out[1] = f->total_refractivity;
    return ARYL_OK;
}

const desc_family desc_crippen = {
    .name = "crippen", .source = "doi:10.1021/ci990307l", .n_values = 2, .patterns = true, .run = run,
};
