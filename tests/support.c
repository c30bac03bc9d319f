// support.c - see support.h.
#include "support.h"

#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// ---- files

static char *next_path(void)
{
    static char paths[4][4096];
    static int i;
    return paths[i++ % 4];
}

const char *data_path(const char *format, ...)
{
    char *path = next_path();
    int n = snprintf(path, 4096, "tests/data/");
    va_list args;
    va_start(args, format);
    vsnprintf(path + n, (size_t)(4096 - n), format, args);
    va_end(args);
    return path;
}

const char *shared_path(const char *format, ...)
{
    char *path = next_path();
    int n = snprintf(path, 4096, "../shared/data/");
    va_list args;
    va_start(args, format);
    vsnprintf(path + n, (size_t)(4096 - n), format, args);
    va_end(args);
    return file_exists(path) ? path : NULL;
}

bool file_exists(const char *path) { return access(path, R_OK) == 0; }

char *file_read(const char *path, int64_t *len)
{
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "%s: %s", path, strerror(errno));
    size_t size = 0, room = 1 << 16;
    char *text = malloc(room + 1);
    for (size_t n; (n = fread(text + size, 1, room - size, f)) > 0;) {
        size += n;
        if (size == room) text = realloc(text, (room *= 2) + 1);
    }
    fclose(f);
    text[size] = 0;
    if (len) *len = (int64_t)size;
    return text;
}

tsv tsv_open(const char *path)
{
    tsv t = {.path = path};
    t.rest = t.text = file_read(path, NULL);
    return t;
}

bool tsv_next(tsv *t)
{
    while (t->rest && *t->rest) {
        char *line = t->rest, *end = strchr(line, '\n');
        t->rest = end ? end + 1 : NULL;
        if (end) *end = 0;
        t->line++;
        if (!*line || *line == '#') continue;
        t->n_cells = 0;
        for (char *cell = line; cell && t->n_cells < TSV_CELLS;) {
            t->cell[t->n_cells++] = cell;
            if ((cell = strchr(cell, '\t'))) *cell++ = 0;
        }
        return true;
    }
    free(t->text);
    *t = (tsv){.path = t->path};
    return false;
}

void tsv_need(const tsv *t, int n_cells)
{
    ck_assert_msg(t->n_cells >= n_cells, "%s:%d has %d cells, not %d", t->path, t->line, t->n_cells, n_cells);
}

// ---- children

int in_child(int (*fn)(void *ctx), void *ctx, int seconds)
{
    fflush(NULL);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) _exit(fn(ctx));
    for (int64_t tick = 0;; tick++) {
        int status;
        pid_t ended = waitpid(child, &status, WNOHANG);
        if (ended == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (tick > (int64_t)seconds * 2000) break;
        nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
    }
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return -1;
}

// ---- allocation

static _Atomic int64_t requests, live, fail_at_request;
static _Atomic bool fails_forever;

static bool refused(void)
{
    int64_t k = atomic_fetch_add(&requests, 1) + 1, failing = atomic_load(&fail_at_request);
    return failing && (k == failing || (k > failing && atomic_load(&fails_forever)));
}

static void *watched_alloc(size_t size)
{
    void *p = refused() ? NULL : malloc(size);
    if (p) atomic_fetch_add(&live, 1);
    return p;
}

static void *watched_resize(void *block, size_t size)
{
    void *p = refused() ? NULL : realloc(block, size);
    if (p && !block) atomic_fetch_add(&live, 1);
    return p;
}

static void watched_free(void *block)
{
    if (block) atomic_fetch_add(&live, -1);
    free(block);
}

void alloc_watch(void)
{
    static const mem_hooks watched = {watched_alloc, watched_resize, watched_free};
    requests = live = fail_at_request = 0;
    fails_forever = false;
    mem_set_hooks(&watched);
}

alloc_stats alloc_seen(void) { return (alloc_stats){requests, live}; }

void alloc_fail_from(int64_t k, bool forever)
{
    fails_forever = forever;
    fail_at_request = k ? requests + k : 0;
}

void alloc_unwatch(void) { mem_set_hooks(NULL); }

int64_t alloc_sweep(aryl_status (*attempt)(void *ctx), void *ctx)
{
    ck_assert_int_eq(attempt(ctx), ARYL_OK);           // what is made once per process is made now
    alloc_watch();
    ck_assert_int_eq(attempt(ctx), ARYL_OK);
    int64_t n = alloc_seen().requests;
    ck_assert_msg(alloc_seen().live == 0, "%lld blocks left over", (long long)alloc_seen().live);
    for (int forever = 0; forever < 2; forever++) {
        for (int64_t k = 1; k <= n; k++) {
            alloc_watch();
            alloc_fail_from(k, forever);
            aryl_status s = attempt(ctx);
            int64_t left = alloc_seen().live;
            alloc_unwatch();
            ck_assert_msg(s == ARYL_E_NOMEM || s == ARYL_OK, "request %lld of %lld failing gives \"%s\"", (long long)k,
                          (long long)n, status_name(s));
            ck_assert_msg(left == 0, "request %lld of %lld failing leaves %lld blocks", (long long)k, (long long)n,
                          (long long)left);
        }
    }
    alloc_unwatch();
    return n;
}
