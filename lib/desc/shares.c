// shares.c - what each atom adds: the numbers behind descriptors that are sums over atoms, those that others are
// made of, and sets of atoms.
#include "desc/desc.h"

// What a total has beyond its atoms.
static double beyond(double total, const double *share, int32_t n)
{
    for (int32_t a = 0; a < n; a++) total -= share[a];
    return total;
}

static void copy(const facts *f, const double *share, double *out)
{
    for (int32_t a = 0; a < f->mol->n_atoms; a++) out[a] = share[a];
}

static aryl_status log_p(facts *f, double *out, double *rest)
{
    TRY(facts_crippen(f));
    copy(f, f->log_p, out);
    *rest = beyond(f->total_log_p, out, f->mol->n_atoms);
    return ARYL_OK;
}

static aryl_status refractivity(facts *f, double *out, double *rest)
{
    TRY(facts_crippen(f));
    copy(f, f->refractivity, out);
    *rest = beyond(f->total_refractivity, out, f->mol->n_atoms);
    return ARYL_OK;
}

static aryl_status polar(facts *f, double *out, double *rest)
{
    desc_polar_areas(f->mol, out);
    *rest = 0;
    return ARYL_OK;
}

static aryl_status area(facts *f, double *out, double *rest)
{
    TRY(facts_area(f));
    copy(f, f->area_a2, out);
    *rest = f->hydrogen_area_a2;
    return ARYL_OK;
}

static aryl_status charge(facts *f, double *out, double *rest)
{
    TRY(facts_charges(f));
    copy(f, f->partial_charge, out);
    *rest = 0;
    return ARYL_OK;
}

static aryl_status state(facts *f, double *out, double *rest)
{
    TRY(facts_estate(f));
    copy(f, f->estate, out);
    *rest = 0;
    return ARYL_OK;
}

static aryl_status scaffold(facts *f, double *out, double *rest)
{
    TRY(facts_scaffold(f));
    for (int32_t a = 0; a < f->mol->n_atoms; a++) out[a] = f->scaffold[a];
    *rest = 0;
    return ARYL_OK;
}

const desc_share desc_shares[] = {
    {"MolLogP", "", "logP by atom type", "doi:10.1021/ci990307l", true, true, log_p},
    {"MolMR", "cm3/mol", "molar refractivity by atom type", "doi:10.1021/ci990307l", true, true, refractivity},
    {"TPSA", "A2", "polar surface of N and O", "doi:10.1021/jm000942e", true, false, polar},
    {"LabuteASA", "A2", "van der Waals surface", "doi:10.1016/S1093-3263(00)00068-1", true, false, area},
    {"PartialCharge", "e", "Gasteiger's charge, hydrogens apart", "doi:10.1016/0040-4020(80)80168-2", false, false, charge},
    {"EState", "", "electrotopological state", "doi:10.1021/ci00001a012", false, false, state},
    {"Scaffold", "", "1 in the Bemis-Murcko scaffold, else 0", "doi:10.1021/jm9602928", false, false, scaffold},
};
const int32_t desc_n_shares = sizeof desc_shares / sizeof *desc_shares;

int32_t desc_find_share(const char *name, int64_t len)
{
    for (int32_t i = 0; i < desc_n_shares; i++)
        if ((int64_t)strlen(desc_shares[i].name) == len && !memcmp(desc_shares[i].name, name, (size_t)len)) return i;
    return -1;
}
