// area.c - the van der Waals surface as one number.
#include "desc/desc.h"

static aryl_status run(facts *f, double *out)
{
    TRY(facts_area(f));
    *out = 0;
    for (int32_t a = 0; a < f->mol->n_atoms; a++) *out += f->area_a2[a];
    *out += f->hydrogen_area_a2;
    return ARYL_OK;
}

const desc_family desc_area = {
    .name = "area", .source = "doi:10.1016/S1093-3263(00)00068-1", .n_values = 1, .run = run,
};
