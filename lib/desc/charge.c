// charge.c - extremes of the partial charges.
#include <math.h>

#include "desc/desc.h"

// Of two numbers the first unless the second is beyond it: what a NaN does depends on where it stands, and the
// reference's answer for molecules with unparametrised atoms is made of that.
static double greater(double first, double second) { return second > first ? second : first; }
static double smaller(double first, double second) { return second < first ? second : first; }

static aryl_status run(facts *f, double *out)
{
    TRY(facts_charges(f));
    double most = -500, least = 500;      // what remains when there are no atoms
    for (int32_t a = 0; a < f->mol->n_atoms; a++) {
        most = greater(f->partial_charge[a], most);
        least = smaller(f->partial_charge[a], least);
    }
    out[EXTREME_MAX] = most;
    out[EXTREME_MIN] = least;
    out[EXTREME_MAX_ABS] = greater(fabs(least), fabs(most));
    out[EXTREME_MIN_ABS] = smaller(fabs(least), fabs(most));
    return ARYL_OK;
}

const desc_family desc_charge = {
    .name = "charge", .source = "doi:10.1016/0040-4020(80)80168-2", .n_values = N_EXTREME, .run = run,
};
