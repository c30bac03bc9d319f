// arena.c - memory that is given back all at once.
//
// Blocks are chained and double in size. A rewind keeps them, so after a few molecules the arena owns enough and never
// asks again. Only the largest is kept when the chain has grown long: one block is faster than many.
#include <stdlib.h>

#include "base/base.h"

struct arena_block {
    arena_block *newer, *older;
    char *end;
    _Alignas(16) char bytes[];
};

enum { FIRST_BLOCK = 64 << 10 };

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
    size_t last = a->block ? (size_t)(a->block->end - a->block->bytes) : FIRST_BLOCK / 2;
    size_t want = last < ((size_t)1 << 30) ? 2 * last : last;
    if (want < size) want = size;
    arena_block *b = mem_alloc(sizeof *b + want);
    if (!b) return NULL;
    arena_block *tail = a->block;
    while (tail && tail->newer) tail = tail->newer;
    *b = (arena_block){.older = tail};
    b->end = b->bytes + want;
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
    // The newest array grows in place when its block has room: the common case of a reader's own list.
    char *end = (char *)old + ((old_count * size + 15) & ~(size_t)15);
    size_t bytes;
    if (__builtin_mul_overflow(new_count, size, &bytes) || bytes > PTRDIFF_MAX - 64) return NULL;
    bytes = (bytes + 15) & ~(size_t)15;
    if (old && end == a->next && (size_t)(a->end - (char *)old) >= bytes) {
        a->next = (char *)old + bytes;
        return (void *)old;
    }
    void *p = arena_bytes(a, new_count, size);
    return p && old_count ? memcpy(p, old, old_count * size) : p;
}

arena_mark arena_save(const arena *a) { return (arena_mark){a->block, a->next}; }

void arena_restore(arena *a, arena_mark mark)
{
    if (!mark.block) {
        arena_rewind(a);
        return;
    }
    a->block = mark.block;
    a->next = mark.next;
    a->end = mark.block->end;
}

void arena_rewind(arena *a)
{
    arena_block *b = a->block;
    if (!b) return;
    while (b->older) b = b->older;
    enter(a, b);
}
