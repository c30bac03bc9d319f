// io.h - text <-> raw graph: the grammars of SMILES, CXSMILES and molfiles. Knows no chemistry: what was written is kept
// as written, and only what breaks the grammar is refused here.
#ifndef ARYL_IO_H
#define ARYL_IO_H

#include "mol/mol.h"

typedef struct io_limits {
    int64_t bytes;     // longest text
    int32_t atoms;     // most atoms
} io_limits;

// One line "SMILES [|extensions|] [name]". Errors point into text. `raw` was made by raw_init.
// ARYL_E_SYNTAX, ARYL_E_LIMIT, ARYL_E_NOMEM
aryl_status io_smiles_read(const char *text, int64_t len, const io_limits *limits, raw_mol *raw, aryl_error *err);

// One molfile, up to and including "M  END"; what follows is left alone.
// ARYL_E_SYNTAX, ARYL_E_UNSUPPORTED, ARYL_E_LIMIT, ARYL_E_NOMEM
aryl_status io_mol_read(const char *text, int64_t len, const io_limits *limits, raw_mol *raw, aryl_error *err);

#endif
