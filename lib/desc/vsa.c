// vsa.c - surface (or state) of the atoms summed in bins of another property of theirs.
// Labute, J. Mol. Graph. Model. 2000, 18, 464, doi:10.1016/S1093-3263(00)00068-1
#include "desc/desc.h"

// Value k of a family belongs to the atoms with bound[k - 1] <= property < bound[k]; NaN goes to the last.
static void sum_in_bins(const double *property, const double *amount, int32_t n, const double *bound, int32_t n_bounds,
                        double *out)
{
    for (int32_t k = 0; k <= n_bounds; k++) out[k] = 0;
    for (int32_t a = 0; a < n; a++) {
        int32_t k = 0;
        while (k < n_bounds && !(bound[k] > property[a])) k++;
        out[k] += amount[a];
    }
}
#define N(bounds) ((int32_t)(sizeof(bounds) / sizeof *(bounds)))

static const double peoe_bounds[] = {-.30, -.25, -.20, -.15, -.10, -.05, 0, .05, .10, .15, .20, .25, .30};
static const double estate_bounds[] = {-0.390, 0.290, 0.717, 1.165, 1.540, 1.807, 2.05, 4.69, 9.17, 15.0};
static const double area_bounds[] = {4.78, 5.00, 5.410, 5.740, 6.00, 6.07, 6.45, 7.00, 11.0};

static const double log_p_bounds[] = {-0.4, -0.2, 0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6};
static const double refractivity_bounds[] = {1.29, 1.82, 2.24, 2.45, 2.75, 3.05, 3.63, 3.8, 4.0};

static aryl_status run_log_p(facts *f, double *out)
{
    TRY(facts_area(f));
    TRY(facts_crippen(f));
    sum_in_bins(f->log_p, f->area_a2, f->mol->n_atoms, log_p_bounds, N(log_p_bounds), out);
    return ARYL_OK;
}

static aryl_status run_refractivity(facts *f, double *out)
{
    TRY(facts_area(f));
    TRY(facts_crippen(f));
    sum_in_bins(f->refractivity, f->area_a2, f->mol->n_atoms, refractivity_bounds, N(refractivity_bounds), out);
    return ARYL_OK;
}

static aryl_status run_peoe(facts *f, double *out)
{
    TRY(facts_area(f));
    TRY(facts_charges(f));
    sum_in_bins(f->partial_charge, f->area_a2, f->mol->n_atoms, peoe_bounds, N(peoe_bounds), out);
    return ARYL_OK;
}

static aryl_status run_estate_vsa(facts *f, double *out)
{
    TRY(facts_area(f));
    TRY(facts_estate(f));
    sum_in_bins(f->estate, f->area_a2, f->mol->n_atoms, estate_bounds, N(estate_bounds), out);
    return ARYL_OK;
}

static aryl_status run_vsa_estate(facts *f, double *out)
{
    TRY(facts_area(f));
    TRY(facts_estate(f));
    sum_in_bins(f->area_a2, f->estate, f->mol->n_atoms, area_bounds, N(area_bounds), out);
    return ARYL_OK;
}

#define SOURCE "doi:10.1016/S1093-3263(00)00068-1"
const desc_family desc_peoe_vsa = {
    .name = "peoe_vsa", .source = SOURCE, .n_values = N(peoe_bounds) + 1, .run = run_peoe,
};
const desc_family desc_estate_vsa = {
    .name = "estate_vsa", .source = SOURCE, .n_values = N(estate_bounds) + 1, .run = run_estate_vsa,
};
const desc_family desc_vsa_estate = {
    .name = "vsa_estate", .source = SOURCE, .n_values = N(area_bounds) + 1, .run = run_vsa_estate,
};
const desc_family desc_log_p_vsa = {
    .name = "log_p_vsa", .source = SOURCE, .n_values = N(log_p_bounds) + 1,
    .patterns = true, .run = run_log_p,
};
const desc_family desc_refractivity_vsa = {
    .name = "refractivity_vsa", .source = SOURCE, .n_values = N(refractivity_bounds) + 1,
    .patterns = true, .run = run_refractivity,
};
