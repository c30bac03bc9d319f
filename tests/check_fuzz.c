// check_fuzz.c - every fuzz entry over its corpus, and over the corpus cut, spliced and changed at random.
#include <check.h>
#include <dirent.h>

#include "support.h"

#define LLVMFuzzerTestOneInput fuzz_smiles
#include "fuzz/fuzz_smiles.c"
#undef LLVMFuzzerTestOneInput
#define LLVMFuzzerTestOneInput fuzz_mol
#include "fuzz/fuzz_mol.c"
#undef LLVMFuzzerTestOneInput

static const struct { const char *name; int (*entry)(const uint8_t *data, size_t size); } entries[] = {
    {"smiles", fuzz_smiles}, {"mol", fuzz_mol},
};

enum { MOST_INPUTS = 1000, CHANGED = 100000 };
typedef struct input { uint8_t *bytes; int64_t len; } input;

static int read_corpus(const char *name, input *inputs)
{
    char dir[256], path[600];
    snprintf(dir, sizeof dir, "tests/fuzz/corpus/%s", name);
    DIR *d = opendir(dir);
    ck_assert_msg(d != NULL, "%s: no corpus", dir);
    int n = 0;
    for (struct dirent *e; (e = readdir(d)) && n < MOST_INPUTS;) {
        if (e->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", dir, e->d_name);
        inputs[n].bytes = (uint8_t *)file_read(path, &inputs[n].len);
        n++;
    }
    closedir(d);
    ck_assert_int_gt(n, 0);
    return n;
}

static uint64_t seed = 88172645463325252u;
static size_t below(size_t n)   // xorshift64
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return n ? (size_t)(seed % n) : 0;
}

// One to four changes: a byte from elsewhere, a byte flipped, a piece left out, a piece of another input put in.
static size_t change(const input *inputs, int n, uint8_t *out, size_t room)
{
    const input *first = &inputs[below((size_t)n)];
    size_t len = (size_t)first->len < room ? (size_t)first->len : room;
    memcpy(out, first->bytes, len);
    for (size_t k = 1 + below(4); k && len; k--) {
        size_t at = below(len), piece = 1 + below(12);
        const input *other = &inputs[below((size_t)n)];
        switch (below(4)) {
        case 0: out[at] = out[below(len)]; break;
        case 1: out[at] ^= (uint8_t)(1u << below(8)); break;
        case 2:
            if (piece > len - at) piece = len - at;
            memmove(out + at, out + at + piece, len - at - piece);
            len -= piece;
            break;
        case 3: {
            size_t from = below((size_t)other->len);
            if (piece > (size_t)other->len - from) piece = (size_t)other->len - from;
            if (len + piece > room) break;
            memmove(out + at + piece, out + at, len - at);
            memcpy(out + at, other->bytes + from, piece);
            len += piece;
        }
        }
    }
    return len;
}

START_TEST(entries_hold_over_their_corpus_and_changes_of_it)
{
    static input inputs[MOST_INPUTS];
    static uint8_t changed[1 << 16];
    int n = read_corpus(entries[_i].name, inputs);
    entries[_i].entry((const uint8_t *)"", 0);
    for (int i = 0; i < n; i++) entries[_i].entry(inputs[i].bytes, (size_t)inputs[i].len);
    for (int i = 0; i < CHANGED; i++) entries[_i].entry(changed, change(inputs, n, changed, sizeof changed));
    for (int i = 0; i < n; i++) free(inputs[i].bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fuzz");
    TCase *replay = tcase_create("replay");
    tcase_set_timeout(replay, 300);
    tcase_add_loop_test(replay, entries_hold_over_their_corpus_and_changes_of_it, 0, sizeof entries / sizeof *entries);
    suite_add_tcase(suite, replay);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
