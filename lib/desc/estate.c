// estate.c - extremes of the electrotopological states.
#include <math.h>

#include "desc/desc.h"

static aryl_status run(facts *f, double *out)
{
    TRY(facts_estate(f));
    double most = -INFINITY, least = INFINITY, most_abs = -INFINITY, least_abs = INFINITY;
    for (int32_t a = 0; a < f->mol->n_atoms; a++) {
        double s = f->estate[a], size = fabs(s);
        if (s > most) most = s;
        if (s < least) least = s;
        if (size > most_abs) most_abs = size;
        if (size < least_abs) least_abs = size;
    }
    bool none = !f->mol->n_atoms;
    out[EXTREME_MAX_ABS] = none ? NAN : most_abs;
    out[EXTREME_MAX] = none ? NAN : most;
    out[EXTREME_MIN_ABS] = none ? NAN : least_abs;
    out[EXTREME_MIN] = none ? NAN : least;
    return ARYL_OK;
}

const desc_family desc_estate = {
    .name = "estate", .source = "doi:10.1021/ci00001a012", .n_values = N_EXTREME, .run = run,
};
