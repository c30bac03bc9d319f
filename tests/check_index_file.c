// check_index_file.c - an index in a file is the index that was written, or an error; never a crash.
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rows.h"
#include "search/file.h"

enum { N = 3000, BITS = 300, BYTES = 38 };
static uint8_t *data;
static search_index *ix;
static char folder[] = "build/check_file_XXXXXX", path[200];
static char id_text[N * 16];
static int64_t id_at[N + 1];
static search_id_column ids = {id_text, id_at};

static void set_up(void)
{
    mkdir("build", 0777);
    strcpy(folder, "build/check_file_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.fpb", folder);
    data = rows_new(N, BYTES, BITS, 25);
    aryl_rows rows = {data, N, BYTES, BITS};
    ck_assert_int_eq(search_index_build(&rows, 1, &ix, NULL), ARYL_OK);
    for (int64_t i = 0; i < N; i++) id_at[i + 1] = id_at[i] + snprintf(id_text + id_at[i], 16, "%s%d", i % 7 ? "row " : "", (int)i);
}

static void tear_down(void)
{
    search_index_free(ix);
    free(data);
    unlink(path);
    rmdir(folder);
}

static void same_answers(const search_index *x, const search_index *y)
{
    aryl_rows q = {data, 60, BYTES, BITS};
    for (int32_t turn = 0; turn < 4; turn++) {
        search_request r = {.threshold = (double[]){0.6, 0, 0.3, 0.9}[turn], .k = turn % 2 ? 5 : 0, .n_threads = 1};
        aryl_hits *a, *b;
        if (turn == 1) r.k = 20;
        ck_assert_int_eq(search_index_search(x, &q, &r, &a, NULL, NULL), ARYL_OK);
        ck_assert_int_eq(search_index_search(y, &q, &r, &b, NULL, NULL), ARYL_OK);
        ck_assert_int_eq(a->offsets[60], b->offsets[60]);
        for (int64_t i = 0; i < a->offsets[60]; i++) ck_assert(a->rows[i] == b->rows[i] && a->scores[i] == b->scores[i]);
        search_hits_free(a);
        search_hits_free(b);
    }
}

static int64_t file_position(const search_file *f, int64_t i) { return f->built ? f->position[i] : i; }

START_TEST(what_is_written_is_opened_again)
{
    bool plain = _i & 1, named = _i & 2;
    search_file *f;
    aryl_error err;
    const search_id_column none = {0};
    ck_assert_int_eq(search_file_write(ix, named ? &ids : &none, "kind bits=300", "reference-1", plain, path, &err), ARYL_OK);
    ck_assert_msg(search_file_open(path, 1, &f, &err) == ARYL_OK, "%s", err.message);
    ck_assert_int_eq(f->built, plain);
    ck_assert_int_eq(f->ix->bits, BITS);
    same_answers(ix, f->ix);
    ck_assert_msg(search_file_verify(f, &err) == ARYL_OK, "%s", err.message);
    int64_t len;
    const char *spec = search_file_meta(f, "type", &len);
    ck_assert(spec && len == 13 && !memcmp(spec, "kind bits=300", 13));
    ck_assert_ptr_null(search_file_meta(f, "typ", &len));
    for (int64_t i = 0; i < N; i += 17) {
        const char *id;
        bool has = search_id_at(&f->ids, file_position(f, i), &id, &len);
        ck_assert_int_eq(has, named);
        if (!has) continue;
        int64_t row = f->ix->order[i];
        ck_assert(len == id_at[row + 1] - id_at[row] && !memcmp(id, id_text + id_at[row], (size_t)len));
        ck_assert_int_eq(search_id_find(&f->ids, id, len), file_position(f, i));
    }
    ck_assert_int_eq(search_id_find(&f->ids, "nobody", 6), -1);
    for (int64_t row = 0; row < N; row++) {
        int64_t place = search_file_place(f, row);
        ck_assert_int_eq(search_file_row(f, place), row);
        ck_assert(!memcmp(f->map + f->arena + place * 40, data + row * BYTES, BYTES));
    }
    ck_assert_int_eq(search_file_place(f, N), -1);
    search_file_close(f);
}
END_TEST

static uint8_t *file_bytes(int64_t *size)
{
    FILE *in = fopen(path, "rb");
    fseek(in, 0, SEEK_END);
    *size = ftell(in);
    rewind(in);
    uint8_t *bytes = malloc((size_t)*size);
    ck_assert_int_eq(fread(bytes, 1, (size_t)*size, in), *size);
    fclose(in);
    return bytes;
}

static void put_file(const uint8_t *bytes, int64_t size)
{
    FILE *out = fopen(path, "wb");
    ck_assert_int_eq(fwrite(bytes, 1, (size_t)size, out), size);
    fclose(out);
}

// Whatever a damaged file opens as can be searched and asked for ids without a crash.
static void use(search_file *f)
{
    aryl_hits *h;
    const char *id;
    int64_t len;
    aryl_rows q = {data, 3, BYTES, BITS};
    if (f->ix->bits == BITS)
        for (int32_t turn = 0; turn < 2; turn++) {
            search_request r = {.threshold = turn ? 0 : 0.5, .k = turn ? 5 : 0, .n_threads = 1};
            if (search_index_search(f->ix, &q, &r, &h, NULL, NULL) == ARYL_OK) search_hits_free(h);
        }
    for (int64_t i = -1; i < f->ix->n + 2; i += 100) search_id_at(&f->ids, i, &id, &len);
    search_id_find(&f->ids, "row 8", 5);
}

START_TEST(a_damaged_file_is_an_error_or_opens_safely)
{
    int64_t size;
    search_file *f;
    aryl_error err;
    ck_assert_int_eq(search_file_write(ix, &ids, "kind", "r", _i, path, &err), ARYL_OK);
    uint8_t *bytes = file_bytes(&size);
    for (int32_t turn = 0; turn < 200; turn++) {   // cut off
        int64_t cut = turn < 100 ? size * turn / 100 : (int64_t)(draw() % (uint64_t)size);
        put_file(bytes, cut);
        ck_assert_int_ne(search_file_open(path, 1, &f, &err), ARYL_OK);
    }
    int32_t found = 0, opened = 0;
    for (int32_t turn = 0; turn < 300; turn++) {   // bits turned over, half of them where structure is
        int64_t at = turn % 2 ? (int64_t)(draw() % (uint64_t)size) : (int64_t)(draw() % 4000);
        if (turn % 4 == 2) at = size - 1 - (int64_t)(draw() % 600);
        uint8_t was = bytes[at];
        bytes[at] ^= (uint8_t)(1 << draw() % 8);
        if (turn % 5 == 0) bytes[at] = (uint8_t)draw();
        bool changed = bytes[at] != was;
        put_file(bytes, size);
        bytes[at] = was;
        if (search_file_open(path, 1, &f, &err) != ARYL_OK) continue;
        opened++;
        use(f);
        found += search_file_verify(f, &err) != ARYL_OK || !changed;
        search_file_close(f);
    }
    ck_assert_int_gt(opened, 20);
    ck_assert_int_ge(found * 10, opened * 8);   // but for padding, and chunks that others own
    free(bytes);
}
END_TEST

// Planes full of ones name rows that do not exist.
START_TEST(planes_that_lie_find_no_row_that_is_not_there)
{
    int64_t size;
    search_file *f;
    const search_id_column none = {0};
    ck_assert_int_eq(search_file_write(ix, &none, NULL, NULL, false, path, NULL), ARYL_OK);
    uint8_t *bytes = file_bytes(&size);
    int64_t planes = (int64_t)(ix->by_row.n_blocks + ix->by_group.n_blocks) * ix->n_planes * 64 + 4096;
    memset(bytes + size - 12 - planes, 255, (size_t)planes - 4096);
    memset(bytes + size - 12 - (int64_t)ix->by_row.n_blocks * ix->n_planes * 64, 255, (size_t)ix->by_row.n_blocks * (size_t)ix->n_planes * 64);
    put_file(bytes, size);
    free(bytes);
    if (search_file_open(path, 1, &f, NULL) != ARYL_OK) return;   // the head of our chunk was hit: found at once
    aryl_rows q = {data, 60, BYTES, BITS};
    int64_t picks[20];
    for (int32_t turn = 0; turn < 16; turn++) {
        search_request r = {.threshold = turn % 2 ? 0.1 : 0, .k = turn % 4 ? 7 : 0, .n_threads = 1, .plan = turn / 4};
        aryl_hits *h;
        if (turn >= 8) q.n = 3;
        ck_assert_int_eq(search_index_search(f->ix, &q, &r, &h, NULL, NULL), ARYL_OK);
        for (int64_t i = 0; i < h->offsets[q.n]; i++) ck_assert(h->rows[i] >= 0 && h->rows[i] < N);
        search_hits_free(h);
        if (!r.k && !(r.threshold > 0)) continue;
        ck_assert_int_eq(search_neighbours(f->ix, &r, &h, NULL, NULL), ARYL_OK);
        search_hits_free(h);
    }
    search_request r = {.n_threads = 1};
    ck_assert_int_eq(search_pick(f->ix, &r, 20, 0, picks, NULL, NULL), ARYL_OK);
    ck_assert_int_ne(search_file_verify(f, NULL), ARYL_OK);
    search_file_close(f);
}
END_TEST

START_TEST(a_foreign_or_missing_file_is_a_clear_error)
{
    search_file *f;
    aryl_error err;
    ck_assert_int_eq(search_file_open("build/no/such/file", 1, &f, &err), ARYL_E_IO);
    put_file((const uint8_t *)"#FPS1\n#num_bits=8\n00\tx\n", 23);
    ck_assert_int_eq(search_file_open(path, 1, &f, &err), ARYL_E_FORMAT);
    put_file((const uint8_t *)"", 0);
    ck_assert_int_eq(search_file_open(path, 1, &f, &err), ARYL_E_FORMAT);
    const search_id_column none = {0};
    ck_assert_int_eq(search_file_write(ix, &none, NULL, NULL, false, "build/no/such/file", &err), ARYL_E_IO);
    ck_assert_int_eq(search_file_write(ix, &none, "a\nb", NULL, false, path, &err), ARYL_E_ARGUMENT);
}
END_TEST

START_TEST(files_of_other_programs_are_read)
{
    static const struct { const char *path; int32_t n, bits; const char *first; } known[] = {
        {"../shared/data/fps/zim.head100.fpb", 100, 2048, "ZINC00902219"},
        {"../shared/data/fps/zinc_all_clean.100.patt1k.fpb", 100, 1024, "ZINC00000825"},
        {"../shared/data/fps/zinc_random200.1.patt.fpb", 200, 1024, "ZINC00036634"}};
    for (int32_t i = 0; i < 3; i++) {
        search_file *f;
        aryl_error err;
        const char *id;
        int64_t len;
        if (access(known[i].path, R_OK)) continue;
        ck_assert_msg(search_file_open(known[i].path, 1, &f, &err) == ARYL_OK, "%s", err.message);
        ck_assert(f->ix->n == known[i].n && f->ix->bits == known[i].bits);
        ck_assert(search_id_at(&f->ids, 0, &id, &len) && len == 12 && !memcmp(id, known[i].first, 12));
        ck_assert_int_eq(search_id_find(&f->ids, id, len), 0);
        aryl_rows rows = {f->map + f->arena, f->arena_rows, known[i].bits / 8, known[i].bits};
        search_request r = {.threshold = 0.3, .n_threads = 1};
        aryl_hits *a, *b;
        ck_assert_int_eq(search_scan(&rows, &rows, &r, &a, NULL), ARYL_OK);
        ck_assert_int_eq(search_index_search(f->ix, &rows, &r, &b, NULL, NULL), ARYL_OK);
        ck_assert_int_eq(a->offsets[known[i].n], b->offsets[known[i].n]);
        for (int64_t j = 0; j < a->offsets[known[i].n]; j++) ck_assert(a->rows[j] == b->rows[j] && a->scores[j] == b->scores[j]);
        search_hits_free(a);
        search_hits_free(b);
        search_file_close(f);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("index file");
    TCase *t = tcase_create("file");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, what_is_written_is_opened_again, 0, 4);
    tcase_add_loop_test(t, a_damaged_file_is_an_error_or_opens_safely, 0, 2);
    tcase_add_test(t, planes_that_lie_find_no_row_that_is_not_there);
    tcase_add_test(t, a_foreign_or_missing_file_is_a_clear_error);
    tcase_add_test(t, files_of_other_programs_are_read);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
