// cx_read.c - CXSMILES: what stands between bars behind a SMILES.
#include "io/io.h"

aryl_status smiles_extensions(smiles_reader *r, const char *cx, int64_t len, int64_t *used)
{
    (void)len;
    (void)used;
    return fail_at(r->err, ARYL_E_UNSUPPORTED, cx - r->text, "CXSMILES extensions are not read");
}
