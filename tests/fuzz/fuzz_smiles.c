// fuzz_smiles.c - any bytes as a line of SMILES: a graph whose indices hold together or an error with a place, and a
// molecule or an error out of that graph.
//     clang -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude -Ilib -Itests tests/fuzz/fuzz_smiles.c lib/{base,graph,mol,io,perceive,convert}/*.c -lm
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static arena mem;
    static bool ready;
    if (!ready) arena_init(&mem);
    ready = true;
    char *text = fuzz_copy(data, size);
    io_limits limits = {.bytes = 1 << 20, .atoms = 2000};
    raw_mol raw;
    aryl_error err = {.offset = -2};
    raw_init(&raw, &mem);
    aryl_status s = io_smiles_read(text, (int64_t)size, &limits, &raw, &err);
    if (s) fuzz_error_is_placed(s, &err, size);
    else fuzz_graph_holds(&raw);
    if (!s) {
        aryl_mol *m = NULL;
        mem.work = 1 << 24;
        s = perceive(&raw, PERCEIVE_ELECTRONS, &mem, &m, &err);
        if (!s && mol_validate(m)) fuzz_fail(mol_validate(m));
    }
    arena_rewind(&mem);
    free(text);
    return 0;
}
