// parallel.c - the only place of the library that starts threads.
//
// A range is cut into pieces, and whoever is free takes the next one off a shared counter. What wakes the others is
// chosen when the library is built: the compiler's OpenMP, a pool of our own (no second runtime in a process that
// already has one), or nothing.
#define _GNU_SOURCE
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base.h"

// ---- how many

enum { MOST_THREADS = 1024 };   // callers reserve something for each worker; a slip of the keyboard must not cost gigabytes

#ifndef ARYL_THREADS_NONE

// The first number of text ("8", "8,4": one per nesting level), 0 if there is none or it is not positive.
static int32_t positive(const char *text)
{
    int64_t value;
    if (!text) return 0;
    while (*text == ' ' || *text == '\t') text++;
    int64_t used = text_read_int(text, (int64_t)strlen(text), &value);
    if (!used || value <= 0) return 0;
    if (text[used] && !strchr(", \t", text[used])) return 0;
    return value < MOST_THREADS ? (int32_t)value : MOST_THREADS;
}

static bool read_line(const char *path, char *line, int size)
{
    FILE *f = fopen(path, "re");
    if (!f) return false;
    bool ok = fgets(line, size, f) != NULL;
    fclose(f);
    return ok;
}

// Cores' worth of time that a container may use, rounded up; 0 when nothing limits it. Of nested control groups the
// tightest counts, so the path is walked up to its root.
static int32_t quota(void)
{
    int32_t least = 0;
    char line[4096 + 64], path[4096 + 64] = "";
    FILE *f = fopen("/proc/self/cgroup", "re");
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, "0::/", 4)) snprintf(path, sizeof path, "%.4000s", line + 3);
    if (f) fclose(f);
    path[strcspn(path, "\n")] = 0;
    for (;;) {
        char name[sizeof path + 64];
        int64_t most = 0, period = 0;
        snprintf(name, sizeof name, "/sys/fs/cgroup%s/cpu.max", path);
        if (read_line(name, line, sizeof line)) {
            int64_t used = text_read_int(line, (int64_t)strlen(line), &most);   // "max" where there is no limit
            if (used && line[used] == ' ') text_read_int(line + used + 1, (int64_t)strlen(line + used + 1), &period);
        }
        if (most > 0 && period > 0) {
            int64_t cores = (most + period - 1) / period;
            if (cores < MOST_THREADS && (!least || cores < least)) least = (int32_t)cores;
        }
        char *slash = strrchr(path, '/');
        if (!slash) return least;
        *slash = 0;
    }
}

static int32_t machine(void)
{
    static _Atomic int32_t limit = -1;   // read once: a handful of files is too much for every call
    int32_t q = atomic_load_explicit(&limit, memory_order_relaxed);
    if (q < 0) atomic_store_explicit(&limit, q = quota(), memory_order_relaxed);
    int64_t cores = 0;
#ifdef __linux__
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) cores = CPU_COUNT(&set);
#endif
    if (cores <= 0) cores = sysconf(_SC_NPROCESSORS_ONLN);   // more cores than the mask has bits, or no mask at all
    if (cores <= 0) cores = 1;
    if (q > 0 && q < cores) cores = q;
    return cores < MOST_THREADS ? (int32_t)cores : MOST_THREADS;
}

int32_t par_threads(int32_t n_threads)
{
    if (n_threads > 0) return n_threads < MOST_THREADS ? n_threads : MOST_THREADS;
    int32_t n = positive(getenv("ARYL_NUM_THREADS"));
    if (!n) n = positive(getenv("OMP_NUM_THREADS"));
    return n ? n : machine();
}

#else
int32_t par_threads(int32_t n_threads) { (void)n_threads; return 1; }
#endif

// ---- one range

typedef struct job job;
struct job {
    par_fn fn;
    void *ctx;
    int64_t n, grain, n_pieces;
    _Atomic int64_t piece;    // the next one to be taken
    // the pool's, under its lock
    job *next;
    int32_t joined, wanted;   // workers that came, the calling thread included, and may come
    int32_t active;           // that came and have not left, the calling thread not included
};

static _Thread_local job *inside;   // this thread is running a piece of it: a nested call runs serially

static void take_pieces(job *j, int32_t worker)
{
    job *outer = inside;
    inside = j;
    for (;;) {
        int64_t k = atomic_fetch_add_explicit(&j->piece, 1, memory_order_relaxed);
        if (k >= j->n_pieces) break;
        int64_t begin = k * j->grain, left = j->n - begin;
        j->fn(j->ctx, begin, begin + (left < j->grain ? left : j->grain), worker);
    }
    inside = outer;
}

// ---- who takes part

#if defined ARYL_THREADS_OPENMP
#include <dlfcn.h>
#include <omp.h>
#include <pthread.h>

const char *par_name(void) { return "openmp"; }

// GNU's OpenMP keeps the threads of its pool in the thread that called it, and that pointer is copied by a fork while
// the threads are not: the child's first region would wait for them for ever. So the pool is let go just before a fork
// and made again by the next region, in the parent and in the child. Where the runtime cannot do that (older than
// OpenMP 5.0, or the fork comes from inside a region) the child stays on one thread.
static int (*pause_all)(int);
static bool paused, child_is_serial;

static void before_fork(void)
{
    enum { SOFT = 1 };
    paused = pause_all && !child_is_serial && !inside && !omp_in_parallel() && pause_all(SOFT) == 0;
}

static void in_child(void)
{
    if (!paused) child_is_serial = true;   // stays so: the dead pool is inherited by grandchildren too
}

// At load time, not before the first region: a pool that another library's region made on this thread kills our child
// as surely as our own.
__attribute__((constructor)) static void guard_forks(void)
{
    // Asked for by name, not linked: an older runtime has no such symbol, and the library would not load. Of several
    // runtimes in the process it must be the one that answers this library's calls.
    Dl_info home;
    void *handle = NULL;
    int (*ours)(void) = omp_in_parallel;
    if (dladdr(*(void **)&ours, &home) && home.dli_fname) handle = dlopen(home.dli_fname, RTLD_NOLOAD | RTLD_NOW);
    *(void **)&pause_all = dlsym(handle ? handle : RTLD_DEFAULT, "omp_pause_resource_all");
    pthread_atfork(before_fork, NULL, in_child);
}

static void share(job *j, int32_t n_threads)
{
    if (child_is_serial) n_threads = 1;
    if (n_threads == 1) {
        take_pieces(j, 0);
        return;
    }
#pragma omp parallel num_threads(n_threads)
    take_pieces(j, omp_get_thread_num());
}

#elif defined ARYL_THREADS_POOL
#include <pthread.h>
#include <signal.h>

const char *par_name(void) { return "pool"; }

// Jobs stand in a list on their callers' stacks; idle threads join the first that still has room and work. The caller
// works too, then withdraws its job and waits only for those who came, so a pool that is slow to wake costs nothing.
static struct {
    pthread_mutex_t lock;
    pthread_cond_t work, left;
    job *jobs;
    int32_t n_threads;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER, .work = PTHREAD_COND_INITIALIZER, .left = PTHREAD_COND_INITIALIZER};

static job *open_job(void)
{
    for (job *j = pool.jobs; j; j = j->next)
        if (j->joined < j->wanted && atomic_load_explicit(&j->piece, memory_order_relaxed) < j->n_pieces) return j;
    return NULL;
}

static void *serve(void *unused)
{
    pthread_mutex_lock(&pool.lock);
    for (;;) {
        job *j;
        while (!(j = open_job())) pthread_cond_wait(&pool.work, &pool.lock);
        int32_t worker = j->joined++;
        j->active++;
        pthread_mutex_unlock(&pool.lock);
        take_pieces(j, worker);
        pthread_mutex_lock(&pool.lock);
        if (--j->active == 0) pthread_cond_broadcast(&pool.left);
    }
    return unused;
}

// Called with the lock held. Threads that cannot be had are done without.
static void hire(int32_t n)
{
    sigset_t all, before;
    pthread_attr_t detached;
    if (pool.n_threads >= n || pthread_attr_init(&detached)) return;
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);   // signals belong to the program's own threads
    for (pthread_t t; pool.n_threads < n && !pthread_create(&t, &detached, serve, NULL);) pool.n_threads++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&detached);
}

static void share(job *j, int32_t n_threads)
{
    if (n_threads == 1) {
        take_pieces(j, 0);
        return;
    }
    j->wanted = n_threads;
    j->joined = 1;
    pthread_mutex_lock(&pool.lock);
    hire(n_threads - 1);
    job **end = &pool.jobs;
    while (*end) end = &(*end)->next;
    *end = j;
    pthread_cond_broadcast(&pool.work);
    pthread_mutex_unlock(&pool.lock);

    take_pieces(j, 0);

    pthread_mutex_lock(&pool.lock);
    for (job **p = &pool.jobs; *p; p = &(*p)->next)
        if (*p == j) {
            *p = j->next;
            break;
        }
    while (j->active) pthread_cond_wait(&pool.left, &pool.lock);
    pthread_mutex_unlock(&pool.lock);
}

// A fork copies the forking thread alone. Holding the lock across it leaves the list whole; the child then forgets the
// threads it has not got and hires new ones when it needs them. A job running on another thread goes on in the parent.
static void before_fork(void) { pthread_mutex_lock(&pool.lock); }
static void in_parent(void) { pthread_mutex_unlock(&pool.lock); }
static void in_child(void)
{
    if (inside) inside->active = 0;   // forked from a piece: nobody is left to be waited for
    pool.jobs = NULL;
    pool.n_threads = 0;
    pthread_cond_init(&pool.work, NULL);   // as they are, they remember who waited
    pthread_cond_init(&pool.left, NULL);
    pthread_mutex_unlock(&pool.lock);
}
__attribute__((constructor)) static void guard_forks(void) { pthread_atfork(before_fork, in_parent, in_child); }

#else

const char *par_name(void) { return "none"; }
static void share(job *j, int32_t n_threads) { (void)n_threads; take_pieces(j, 0); }

#endif

void par_for(int64_t n, int64_t grain, int32_t n_threads, par_fn fn, void *ctx)
{
    if (n <= 0) return;
    if (grain < 1) grain = 1;
    job j = {.fn = fn, .ctx = ctx, .n = n, .grain = grain, .n_pieces = (n - 1) / grain + 1};
    int32_t n_workers = inside ? 1 : par_threads(n_threads);
    share(&j, n_workers < j.n_pieces ? n_workers : (int32_t)j.n_pieces);
}
