// fuzz_mol.c - any bytes as an SD file: each record is a graph whose indices hold together or an error with a place, and
// a molecule or an error out of that graph; records and fields lie inside the text.
#include "fuzz/fuzz.h"

static void within(io_text t, const char *text, size_t size)
{
    if (t.len < 0 || t.p < text || t.p + t.len > text + size) fuzz_fail("a piece of the text that is not in it");
}

static void one_molfile(arena *mem, io_text t)
{
    char *text = fuzz_copy((const uint8_t *)t.p, (size_t)t.len);
    io_limits limits = {.bytes = 1 << 20, .atoms = 2000};
    raw_mol raw;
    aryl_error err = {.offset = -2};
    raw_init(&raw, mem);
    aryl_status s = io_mol_read(text, t.len, &limits, &raw, &err);
    if (s) fuzz_error_is_placed(s, &err, (size_t)t.len);
    else fuzz_graph_holds(&raw);
    if (!s) {
        aryl_mol *m = NULL;
        mem->work = 1 << 24;
        s = perceive(&raw, PERCEIVE_ELECTRONS, mem, &m, &err);
        if (!s && mol_validate(m)) fuzz_fail(mol_validate(m));
    }
    arena_rewind(mem);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static arena mem;
    static bool ready;
    if (!ready) arena_init(&mem);
    ready = true;
    char *text = fuzz_copy(data, size), value[1 << 16];
    int64_t at = 0, seen = 0;
    io_sdf_record record;
    while (io_sdf_next(text + at, (int64_t)size - at, true, &seen, &record)) {
        if (record.used <= 0) fuzz_fail("a record of nothing");
        within(record.mol, text, size);
        within(record.data, text, size);
        one_molfile(&mem, record.mol);
        io_text rest = record.data;
        io_sdf_field f;
        while (io_sdf_next_field(&rest, &f)) {
            within(f.name, text, size);
            within(f.value, text, size);
            if (f.value.len < (int64_t)sizeof value) io_sdf_value(f.value, value);
        }
        at += record.used;
    }
    free(text);
    return 0;
}
