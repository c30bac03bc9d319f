// load.c - one molecule from text.
#include "convert/convert.h"

static const char *const names[] = {[FORMAT_SMILES] = "smiles", [FORMAT_MOL] = "mol"};

int32_t convert_format_by_name(const char *name, int64_t len)
{
    for (int32_t i = 0; i < (int32_t)(sizeof names / sizeof *names); i++)
        if ((int64_t)strlen(names[i]) == len && !memcmp(names[i], name, (size_t)len)) return i;
    return -1;
}

static aryl_status load(const char *text, int64_t len, convert_format format, uint32_t want, const io_limits *limits,
                        arena *mem, aryl_mol **out, aryl_error *err)
{
    raw_mol raw;
    raw_init(&raw, mem);
    if (format == FORMAT_MOL) TRY(io_mol_read(text, len, limits, &raw, err));
    else TRY(io_smiles_read(text, len, limits, &raw, err));
    return perceive(&raw, want, mem, out, err);
}

aryl_status convert_load(const char *text, int64_t len, convert_format format, uint32_t want, const io_limits *limits,
                         arena *mem, aryl_mol **out, aryl_error *err)
{
    if (err) err->code = ARYL_OK;
    aryl_status s = load(text, len, format, want, limits, mem, out, err);
    if (s == ARYL_OK || !err || err->code == s) return s;
    // Memory and work run out anywhere, in places that know nothing to say about it.
    if (s == ARYL_E_NOMEM) return fail_at(err, s, -1, "out of memory");
    if (s == ARYL_E_LIMIT) return fail_at(err, s, -1, "the molecule needs more work than the limit allows");
    return fail_at(err, s, -1, "%s", status_name(s));
}
