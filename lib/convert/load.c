// load.c - one molecule from text.
#include "convert/convert.h"

static const char *const names[] = {[FORMAT_SMILES] = "smiles", [FORMAT_MOL] = "mol"};

int32_t convert_format_by_name(const char *name, int64_t len)
{
    for (int32_t i = 0; i < (int32_t)(sizeof names / sizeof *names); i++)
        if ((int64_t)strlen(names[i]) == len && !memcmp(names[i], name, (size_t)len)) return i;
    return -1;
}

aryl_status convert_load(const char *text, int64_t len, convert_format format, uint32_t want, const io_limits *limits,
                         arena *mem, aryl_mol **out, aryl_error *err)
{
    raw_mol raw;
    raw_init(&raw, mem);
    if (format == FORMAT_MOL) TRY(io_mol_read(text, len, limits, &raw, err));
    else TRY(io_smiles_read(text, len, limits, &raw, err));
    return perceive(&raw, want, mem, out, err);
}
