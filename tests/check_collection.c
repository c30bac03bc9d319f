// check_collection.c - a collection is what was done to it, and after a crash what was done before or including the change
// that the crash met.
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rows.h"
#include "search/collection.h"
#include "search/disk.h"

enum { BITS = 200, BYTES = 25, POOL = 4000, BATCH = 40 };
static uint8_t *pool;
static char folder[200];

static void set_up(void)
{
    mkdir("build", 0777);
    strcpy(folder, "build/check_collection_XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    pool = rows_new(POOL, BYTES, BITS, 25);
}

static void remove_folder(void)
{
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

static void tear_down(void)
{
    remove_folder();
    free(pool);
}

// What should be there.
typedef struct model { bool alive[POOL]; int32_t name[POOL]; int64_t next; } model;

static char id_text[POOL * 8];
static int64_t id_at[POOL + 1];
static search_id_column names(const int32_t *name, int64_t n)
{
    for (int64_t i = 0; i < n; i++) id_at[i + 1] = id_at[i] + snprintf(id_text + id_at[i], 8, "n%d", (int)name[i]);
    return (search_id_column){id_text, id_at};
}

static void must_add(model *m, const int32_t *name, int64_t n, bool replace)
{
    aryl_rows rows = {pool + m->next * BYTES, n, BYTES, BITS};
    search_id_column ids = names(name, n);
    int64_t first;
    aryl_error err;
    ck_assert_msg(collection_add(folder, &rows, &ids, NULL, replace, 1, &first, &err) == ARYL_OK, "%s", err.message);
    ck_assert_int_eq(first, m->next);
}

static void model_add(model *m, const int32_t *name, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        for (int64_t row = 0; row < m->next; row++)
            if (m->alive[row] && m->name[row] == name[i]) m->alive[row] = false;
    }
    for (int64_t i = 0; i < n; i++) {
        m->alive[m->next] = true;
        m->name[m->next++] = name[i];
    }
}

static bool is_state(const aryl_index *s, const model *m)
{
    int64_t n = 0;
    for (int64_t row = 0; row < m->next; row++) {
        const char *id;
        int64_t len;
        char name[16];
        if (!m->alive[row]) {
            if (store_id(s, row, &id, &len)) return false;
            continue;
        }
        n++;
        int want = snprintf(name, sizeof name, "n%d", (int)m->name[row]);
        if (!store_id(s, row, &id, &len) || len != want || memcmp(id, name, (size_t)len)) return false;
        if (store_find(s, name, want) != row || memcmp(store_row(s, row), pool + row * BYTES, BYTES)) return false;
    }
    return s->n == n && s->span == m->next;
}

static void check_search(const aryl_index *s, const model *m)
{
    aryl_rows all = {pool, m->next, BYTES, BITS}, q = {pool + 7 * BYTES, 5, BYTES, BITS};
    for (int32_t turn = 0; turn < 3; turn++) {
        search_request r = {.threshold = turn ? 0.3 : 0, .n_threads = 1}, top = r;
        top.k = turn == 2 ? 0 : 9;
        aryl_hits *want, *got;
        ck_assert_int_eq(search_scan(&q, &all, &r, &want, NULL), ARYL_OK);
        ck_assert_int_eq(store_search(s, &q, &top, &got, NULL, NULL), ARYL_OK);
        for (int64_t i = 0; i < q.n; i++) {
            int64_t at = got->offsets[i];
            for (int64_t j = want->offsets[i]; j < want->offsets[i + 1]; j++) {
                if (!m->alive[want->rows[j]] || (top.k && at == got->offsets[i] + top.k)) continue;
                ck_assert(at < got->offsets[i + 1] && got->rows[at] == want->rows[j] && got->scores[at] == want->scores[j]);
                at++;
            }
            ck_assert_int_eq(at, got->offsets[i + 1]);
        }
        search_hits_free(want);
        search_hits_free(got);
    }
    store_whole whole;
    ck_assert_int_eq(store_whole_of(s, 1, &whole, NULL), ARYL_OK);
    ck_assert_int_eq(whole.ix->n, s->n);
    store_whole_done(&whole);
}

static int64_t draw_names(int32_t *name, int32_t base)
{
    int64_t n = 1 + (int64_t)(draw() % BATCH);
    for (int64_t i = 0; i < n; i++) name[i] = base + (int32_t)i * 3;
    return n;
}

START_TEST(a_collection_is_what_was_done_to_it)
{
    static model m;
    aryl_error err;
    aryl_index *before = NULL;
    static model then;
    memset(&m, 0, sizeof m);
    ck_assert_msg(collection_create(folder, BITS, "kind", "ref", &err) == ARYL_OK, "%s", err.message);
    ck_assert_int_eq(collection_create(folder, BITS, "kind", "ref", &err), ARYL_E_ARGUMENT);
    for (int32_t turn = 0; turn < 40; turn++) {
        int32_t name[BATCH];
        int64_t n = draw_names(name, (int32_t)(draw() % 300)), removed;
        aryl_index *s;
        if (turn % 5 == 3) {
            search_id_column ids = names(name, n);
            int64_t want = 0;
            for (int64_t row = 0; row < m.next; row++)
                for (int64_t i = 0; i < n; i++)
                    if (m.alive[row] && m.name[row] == name[i]) m.alive[row] = false, want++;
            ck_assert_msg(collection_remove(folder, &ids, n, &removed, &err) == ARYL_OK, "%s", err.message);
            ck_assert_int_eq(removed, want);
        } else if (turn % 11 == 9) {
            ck_assert_msg(collection_compact(folder, 1, &err) == ARYL_OK, "%s", err.message);
        } else {
            must_add(&m, name, n, true);
            model_add(&m, name, n);
        }
        ck_assert_msg(collection_open(folder, 1, &s, &err) == ARYL_OK, "%s", err.message);
        ck_assert(is_state(s, &m));
        check_search(s, &m);
        if (turn == 20) before = s, then = m;
        else store_free(s);
    }
    ck_assert(is_state(before, &then));   // who opened it earlier still sees what it was
    check_search(before, &then);
    store_free(before);
}
END_TEST

START_TEST(wrong_changes_are_refused_and_change_nothing)
{
    static model m;
    memset(&m, 0, sizeof m);
    aryl_error err;
    aryl_index *s;
    int32_t name[] = {1, 2, 3}, again[] = {5, 2}, twice[] = {7, 7};
    int64_t first;
    ck_assert_int_eq(collection_open(folder, 1, &s, &err), ARYL_E_IO);
    ck_assert_int_eq(collection_create(folder, BITS, NULL, NULL, &err), ARYL_OK);
    must_add(&m, name, 3, false);
    model_add(&m, name, 3);
    aryl_rows rows = {pool, 2, BYTES, BITS}, narrow = {pool, 2, BYTES, BITS - 1};
    search_id_column ids = names(again, 2);
    ck_assert_int_eq(collection_add(folder, &rows, &ids, NULL, false, 1, &first, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(err.offset, 1);
    ck_assert_int_eq(collection_add(folder, &narrow, &ids, NULL, true, 1, &first, &err), ARYL_E_MISMATCH);
    ck_assert_int_eq(collection_add(folder, &rows, &ids, "another kind", true, 1, &first, &err), ARYL_E_MISMATCH);
    ids = names(twice, 2);
    ck_assert_int_eq(collection_add(folder, &rows, &ids, NULL, true, 1, &first, &err), ARYL_E_ARGUMENT);
    ck_assert_int_eq(collection_open(folder, 1, &s, &err), ARYL_OK);
    ck_assert(is_state(s, &m));
    store_free(s);
    char path[300];
    snprintf(path, sizeof path, "%s/MANIFEST", folder);
    int fd = open(path, O_RDWR);
    ck_assert_int_eq(pwrite(fd, "9", 1, 25), 1);
    close(fd);
    ck_assert_int_eq(collection_open(folder, 1, &s, &err), ARYL_E_FORMAT);
}
END_TEST

// ---- the plug is pulled: after step `left` nothing more is done, what was not brought to disk is cut, renames that were
// not may be undone

typedef struct recorder {
    int64_t left;
    bool undo;
    char unsynced[8][300];
    int32_t n_unsynced;
    char from[300], to[300], backup[300];
    bool renaming, had_old;
} recorder;

static void copy_file(const char *from, const char *to)
{
    char command[700];
    snprintf(command, sizeof command, "cp '%s' '%s'", from, to);
    ck_assert_int_eq(system(command), 0);
}

static int watch(void *ctx, int32_t step, const char *path, const char *to)
{
    recorder *r = ctx;
    if (r->left-- <= 0) return EIO;
    if (step == DISK_CREATE) snprintf(r->unsynced[r->n_unsynced++], 300, "%s", path);
    if (step == DISK_SYNC)
        for (int32_t i = 0; i < r->n_unsynced; i++)
            if (!strcmp(r->unsynced[i], path)) memmove(r->unsynced[i], r->unsynced[--r->n_unsynced], sizeof r->unsynced[0]);
    if (step == DISK_RENAME) {
        snprintf(r->from, sizeof r->from, "%s", path);
        snprintf(r->to, sizeof r->to, "%s", to);
        snprintf(r->backup, sizeof r->backup, "%s/backup", folder);
        r->renaming = true;
        if ((r->had_old = !access(to, F_OK))) copy_file(to, r->backup);
    }
    if (step == DISK_SYNC_FOLDER) r->renaming = false;
    return 0;
}

static void lose_power(recorder *r)
{
    for (int32_t i = 0; i < r->n_unsynced; i++) {
        struct stat st;
        if (!stat(r->unsynced[i], &st)) ck_assert_int_eq(truncate(r->unsynced[i], st.st_size ? (off_t)(draw() % (uint64_t)st.st_size) : 0), 0);
    }
    if (r->renaming && r->undo && !access(r->to, F_OK)) {
        ck_assert_int_eq(rename(r->to, r->from), 0);
        if (r->had_old) copy_file(r->backup, r->to);
    }
}

START_TEST(power_lost_at_any_step_leaves_the_old_state_or_the_new)
{
    static model old, now;
    aryl_error err;
    int64_t steps_seen = 0;
    for (int32_t kind = 0; kind < 3; kind++)   // add and replace, remove, compact
        for (int32_t undo = 0; undo < 2; undo++)
            for (int64_t steps = 0, finished = 0; !finished; steps++) {
                int32_t name[BATCH], more[] = {3, 9, 900, 901};
                aryl_index *s;
                memset(&old, 0, sizeof old);
                remove_folder();
                ck_assert_int_eq(collection_create(folder, BITS, NULL, NULL, &err), ARYL_OK);
                for (int32_t i = 0; i < 3; i++) {
                    int64_t n = draw_names(name, 100 * i);
                    must_add(&old, name, n, false);
                    model_add(&old, name, n);
                }
                now = old;
                recorder r = {.left = steps, .undo = undo};
                disk_hooks hooks = {watch, &r};
                disk_set_hooks(&hooks);
                aryl_status status;
                search_id_column ids = names(more, 4);
                if (kind == 0) {
                    aryl_rows rows = {pool + old.next * BYTES, 4, BYTES, BITS};
                    status = collection_add(folder, &rows, &ids, NULL, true, 1, NULL, &err);
                    model_add(&now, more, 4);
                } else if (kind == 1) {
                    status = collection_remove(folder, &ids, 4, NULL, &err);
                    for (int64_t row = 0; row < now.next; row++)
                        if (now.name[row] == 3 || now.name[row] == 9) now.alive[row] = false;
                } else
                    status = collection_compact(folder, 1, &err);
                disk_set_hooks(NULL);
                finished = r.left > 0;
                if (r.left <= 0) lose_power(&r);
                ck_assert_msg(collection_open(folder, 1, &s, &err) == ARYL_OK, "kind %d, step %d: %s", kind, (int)steps, err.message);
                bool is_old = is_state(s, &old), is_new = is_state(s, &now);
                ck_assert_msg(is_old || is_new, "kind %d, step %d: neither", kind, (int)steps);
                if (status == ARYL_OK) ck_assert(is_new);
                check_search(s, is_new ? &now : &old);
                store_free(s);
                model *m = is_new ? &now : &old;   // and it goes on
                int32_t next[] = {2000, 2001};
                must_add(m, next, 2, false);
                steps_seen++;
            }
    ck_assert_int_gt(steps_seen, 60);
}
END_TEST

START_TEST(a_killed_writer_loses_nothing_it_has_acknowledged)
{
    aryl_error err;
    int64_t acknowledged = 0, tries = 0;
    ck_assert_int_eq(collection_create(folder, BITS, NULL, NULL, &err), ARYL_OK);
    while (acknowledged < 200 && tries++ < 100) {
        int ends[2];
        ck_assert_int_eq(pipe(ends), 0);
        pid_t child = fork();
        if (!child) {
            for (int64_t i = acknowledged;; i++) {
                int32_t name[] = {(int32_t)i};
                aryl_rows rows = {pool + i * BYTES, 1, BYTES, BITS};
                search_id_column ids = names(name, 1);
                if (i >= POOL - 2 || collection_add(folder, &rows, &ids, NULL, true, 1, NULL, NULL) != ARYL_OK) _exit(1);
                if (write(ends[1], &i, sizeof i) != sizeof i) _exit(1);
                if (i % 7 == 6 && collection_compact(folder, 1, NULL) != ARYL_OK) _exit(1);
            }
        }
        close(ends[1]);
        int64_t last;
        // However slow the machine, some are in; the last word is at any moment of the next.
        for (uint64_t n = draw() % 5; n && read(ends[0], &last, sizeof last) == sizeof last; n--) acknowledged = last + 1;
        usleep((useconds_t)(draw() % 60000));
        kill(child, SIGKILL);
        while (read(ends[0], &last, sizeof last) == sizeof last) acknowledged = last + 1;
        close(ends[0]);
        int how;
        ck_assert_int_eq(waitpid(child, &how, 0), child);
        ck_assert(WIFSIGNALED(how));
        aryl_index *s;
        ck_assert_msg(collection_open(folder, 1, &s, &err) == ARYL_OK, "%s", err.message);
        ck_assert(s->n == acknowledged || s->n == acknowledged + 1);   // the last may have been in time
        for (int64_t i = 0; i < acknowledged; i++) {
            char name[16];
            ck_assert_int_ge(store_find(s, name, snprintf(name, sizeof name, "n%d", (int)i)), 0);
        }
        acknowledged = s->n;
        store_free(s);
    }
    ck_assert_int_ge(acknowledged, 30);
}
END_TEST

START_TEST(two_writers_at_once_are_refused)
{
    aryl_error err;
    ck_assert_int_eq(collection_create(folder, BITS, NULL, NULL, &err), ARYL_OK);
    char path[300];
    snprintf(path, sizeof path, "%s/LOCK", folder);
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    if (!child) {
        execlp("flock", "flock", "-F", path, "sleep", "60", (char *)NULL);
        _exit(0);
    }
    close(ends[0]);
    close(ends[1]);
    aryl_status s = ARYL_OK;
    for (int32_t i = 0; i < 2000 && s == ARYL_OK; i++) {   // until the other has it; without the program flock there is nothing to see
        usleep(20000);
        s = collection_compact(folder, 1, &err);
        int how;
        if (waitpid(child, &how, WNOHANG) == child) return;
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert_int_eq(s, ARYL_E_IO);
    ck_assert_ptr_nonnull(strstr(err.message, "another process"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("collection");
    TCase *t = tcase_create("collection");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_collection_is_what_was_done_to_it);
    tcase_add_test(t, wrong_changes_are_refused_and_change_nothing);
    tcase_add_test(t, power_lost_at_any_step_leaves_the_old_state_or_the_new);
    tcase_add_test(t, a_killed_writer_loses_nothing_it_has_acknowledged);
    tcase_add_test(t, two_writers_at_once_are_refused);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
