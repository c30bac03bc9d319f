// api.h - the C ABI: arguments are checked here and nowhere below.
#ifndef ARYL_API_ROOM_H
#define ARYL_API_ROOM_H

#include "aryl.h"
#include "batch/batch.h"

// Structs that are handed over carry their size, so that they can grow at the end: an older caller's is smaller, a newer
// caller's larger than ours. `least` is the size it had when it was introduced.
static inline bool api_size_ok(size_t size, size_t least) { return size >= least && size < 4096; }
// Copies as much of ours as the caller's struct has room for; its size stays.
static inline void api_hand_over(void *theirs, const void *ours, size_t our_size)
{
    size_t size;
    memcpy(&size, theirs, sizeof size);
    memcpy(theirs, ours, size < our_size ? size : our_size);
    memcpy(theirs, &size, sizeof size);
}

// The scratch's arena, rewound, or `own`, to be freed by api_scratch_done.
static inline arena *api_scratch(aryl_scratch *scratch, arena *own)
{
    arena_init(own);
    arena *mem = scratch ? &scratch->mem : own;
    arena_rewind(mem);
    mem->work = ARYL_LIMIT_WORK;
    return mem;
}
static inline void api_scratch_done(arena *own) { arena_free(own); }

// Says what went wrong with a kind or a family that only returned a status.
static inline aryl_status api_blame(aryl_error *err, aryl_status s, const char *who)
{
    if (s == ARYL_E_LIMIT) return fail_at(err, s, -1, "%s needs more work than the limit allows", who);
    if (s == ARYL_E_NOMEM) return fail_at(err, s, -1, "out of memory for %s", who);
    return fail_at(err, s, -1, "%s: %s", who, status_name(s));
}

#endif
