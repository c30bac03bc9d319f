// arena.c - memory that is given back all at once.
//
// Blocks are chained and at least double in size. A rewind keeps them, so after a few molecules the arena owns enough
// and never asks again; because of the doubling it owns at most a few times what the largest molecule took.
// Under the address sanitizer everything that is not handed out is poisoned, with a gap after each array.
#include <stdlib.h>

#include "base/base.h"

struct arena_block {
    arena_block *newer, *older;
    char *end;
    _Alignas(16) char bytes[];
};

enum { FIRST_BLOCK = 64 << 10 };
#define LAST_DOUBLING ((size_t)1 << 30)

static const mem_hooks libc_hooks = {malloc, realloc, free};
static mem_hooks hooks = {malloc, realloc, free};

void mem_set_hooks(const mem_hooks *h) { hooks = h ? *h : libc_hooks; }
void *mem_alloc(size_t size) { return hooks.alloc(size ? size : 1); }
void *mem_resize(void *block, size_t size) { return hooks.resize(block, size ? size : 1); }
void mem_free(void *block) { hooks.free(block); }

void arena_init(arena *a) { *a = (arena){.work = ARENA_WORK_UNLIMITED}; }

void arena_free(arena *a)
{
    arena_block *b = a->block;
    while (b && b->newer) b = b->newer;
    while (b) {
        arena_block *older = b->older;
        ASAN_UNPOISON_MEMORY_REGION(b->bytes, (size_t)(b->end - b->bytes));
        mem_free(b);
        b = older;
    }
    arena_init(a);
}

static void enter(arena *a, arena_block *b)
{
    a->block = b;
    a->next = b->bytes;
    a->end = b->end;
}

void *arena_more(arena *a, size_t size)
{
    for (arena_block *b = a->block ? a->block->newer : NULL; b; b = b->newer) {   // kept by a rewind
        if ((size_t)(b->end - b->bytes) < size) continue;
        enter(a, b);
        a->next += size;
        return b->bytes;
    }
    arena_block *tail = a->block;
    while (tail && tail->newer) tail = tail->newer;
    size_t want = tail ? 2 * (size_t)(tail->end - tail->bytes) : FIRST_BLOCK;
    while (want < size && want <= LAST_DOUBLING) want *= 2;   // not to the byte: rows that grow slowly must not each add a block
    if (want > LAST_DOUBLING) want = size > LAST_DOUBLING ? size : LAST_DOUBLING;
    arena_block *b = mem_alloc(sizeof *b + want);
    if (!b) return NULL;
    *b = (arena_block){.older = tail};
    b->end = b->bytes + want;
    ASAN_POISON_MEMORY_REGION(b->bytes, want);
    if (tail) tail->newer = b;
    enter(a, b);
    a->next += size;
    return b->bytes;
}

void *arena_bytes_zero(arena *a, size_t count, size_t size)
{
    void *p = arena_bytes(a, count, size);
    return p ? memset(p, 0, count * size) : NULL;
}

void *arena_grow(arena *a, const void *old, size_t old_count, size_t new_count, size_t size)
{
    assert(new_count >= old_count);
    // The newest array grows in place when its block has room: the common case of a reader's own list.
    if (old && !ARENA_GUARD) {
        size_t bytes;
        if (__builtin_mul_overflow(new_count, size, &bytes) || bytes > PTRDIFF_MAX - 64) return NULL;
        bytes = (bytes + 15) & ~(size_t)15;
        char *begin = (char *)old, *end = begin + ((old_count * size + 15) & ~(size_t)15);
        if (end == a->next && (size_t)(a->end - begin) >= bytes) {
            a->next = begin + bytes;
            return begin;
        }
    }
    void *p = arena_bytes(a, new_count, size);
    if (!p || !old_count) return p;
    memcpy(p, old, old_count * size);
#if ARENA_GUARD
    for (arena_block *b = a->block; b; b = b->older)         // a first array may be the caller's own
        if ((const char *)old >= b->bytes && (const char *)old < b->end) ASAN_POISON_MEMORY_REGION(old, old_count * size);
#endif
    return p;
}

// Everything from next on is free again.
static void poison_rest(arena *a)
{
#if ARENA_GUARD
    ASAN_POISON_MEMORY_REGION(a->next, (size_t)(a->end - a->next));
    for (arena_block *b = a->block->newer; b; b = b->newer)
        ASAN_POISON_MEMORY_REGION(b->bytes, (size_t)(b->end - b->bytes));
#else
    (void)a;
#endif
}

arena_mark arena_save(const arena *a) { return (arena_mark){a->block, a->next}; }

void arena_restore(arena *a, arena_mark mark)
{
    if (!mark.block) {   // saved before the first request
        arena_rewind(a);
        return;
    }
    a->block = mark.block;
    a->next = mark.next;
    a->end = mark.block->end;
    poison_rest(a);
}

void arena_rewind(arena *a)
{
    arena_block *b = a->block;
    if (!b) return;
    while (b->older) b = b->older;
    enter(a, b);
    poison_rest(a);
}
