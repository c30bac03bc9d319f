// support.h - what the C tests share: vectors in files, data that may be there, children with a time limit, and
// allocations that fail on demand. Test programs run from the root of the tree.
#ifndef ARYL_TESTS_SUPPORT_H
#define ARYL_TESTS_SUPPORT_H

#include "base/base.h"

// ---- files

// A path under tests/data; the last few answers stay valid.
const char *data_path(const char *format, ...) __attribute__((format(printf, 1, 2)));
// A path in the data beside the tree (../shared/data), NULL where it is not there: such tests do what they can without.
const char *shared_path(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool file_exists(const char *path);
char *file_read(const char *path, int64_t *len);   // terminated, to be freed; fails the test if it cannot

// Rows of a table: cells between tabs, `#` lines and empty lines left out. Cells may be written to.
//     for (tsv t = tsv_open(data_path("base/numbers.tsv")); tsv_next(&t);) use(t.cell[0], t.cell[1]);
enum { TSV_CELLS = 32 };
typedef struct tsv {
    const char *path;
    char *text, *rest, *cell[TSV_CELLS];
    int n_cells, line;
} tsv;
tsv tsv_open(const char *path);
bool tsv_next(tsv *t);   // frees everything at the end
// Ends the test program's case if the row has fewer cells, naming the line.
void tsv_need(const tsv *t, int n_cells);

// ---- children

// Runs fn in a forked child. Its return value, 128 + signal if it was killed, -1 if it was still running after the
// time, when it is killed.
int in_child(int (*fn)(void *ctx), void *ctx, int seconds);

// ---- allocation

typedef struct alloc_stats { int64_t requests, live; } alloc_stats;
void alloc_watch(void);              // from now on: counts from 0, nothing fails
alloc_stats alloc_seen(void);
void alloc_fail_from(int64_t k, bool forever);   // the k-th request from now fails, and with forever all after it
void alloc_unwatch(void);

// Calls attempt once to count its requests, then once for each of them with that one failing, and once more with that
// one and everything after failing. Each time it must return ARYL_E_NOMEM, or succeed without the memory, and leave
// nothing allocated. Returns the number of requests of the undisturbed call.
int64_t alloc_sweep(aryl_status (*attempt)(void *ctx), void *ctx);

#endif
