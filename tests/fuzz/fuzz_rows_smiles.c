// fuzz_rows_smiles.c - any bytes as a row of SMILES, through everything that the library computes.
#include "rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return compute_everything("smiles", data, size); }
