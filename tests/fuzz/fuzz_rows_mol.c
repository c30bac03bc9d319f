// fuzz_rows_mol.c - any bytes as a row of a molfile, through everything that the library computes.
#include "rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return compute_everything("mol", data, size); }
