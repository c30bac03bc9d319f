// molfile.c - one molfile into the raw graph.
#include "io/io.h"

aryl_status io_mol_read(const char *text, int64_t len, const io_limits *limits, raw_mol *raw, aryl_error *err)
{
    (void)text, (void)len, (void)limits, (void)raw;
    return fail_at(err, ARYL_E_UNSUPPORTED, 0, "molfiles are not read");
}
