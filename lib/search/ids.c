// ids.c - names of rows, both ways.
#include "search/file.h"

// Eight bytes at a time through a multiplication that keeps every bit in play; not for adversaries, who could only make
// looking up slow.
uint64_t search_checksum(uint64_t seed, const void *data, size_t size)
{
    const uint8_t *p = data;
    uint64_t h[4] = {seed, seed ^ 0x9E3779B97F4A7C15u, seed + size, ~seed}, x;
    for (; size >= 32; p += 32, size -= 32)
        for (int32_t i = 0; i < 4; i++) {
            memcpy(&x, p + 8 * i, 8);
            h[i] = (h[i] ^ x) * 0xD6E8FEB86659FD93u;
            h[i] ^= h[i] >> 32;
        }
    for (; size; p++, size--) {
        h[0] = (h[0] ^ *p) * 0xD6E8FEB86659FD93u;
        h[0] ^= h[0] >> 32;
    }
    uint64_t all = 0;
    for (int32_t i = 0; i < 4; i++) {
        all = (all ^ h[i]) * 0x94D049BB133111EBu;
        all ^= all >> 29;
    }
    return all;
}

static uint64_t read_uint(const uint8_t *p, int32_t bytes)
{
    uint64_t x = 0;
    for (int32_t i = 0; i < bytes; i++) x |= (uint64_t)p[i] << 8 * i;
    return x;
}

static uint64_t offset_at(const search_ids *ids, int64_t i)
{
    return i <= ids->n4 ? read_uint(ids->at + 4 * i, 4) : read_uint(ids->at + 4 * (ids->n4 + 1) + 8 * (i - ids->n4 - 1), 8);
}

bool search_id_at(const search_ids *ids, int64_t position, const char **id, int64_t *len)
{
    if (!ids->base || position < 0 || position >= ids->n) return false;
    uint64_t from = offset_at(ids, position), to = offset_at(ids, position + 1);
    if (from >= to || to > (uint64_t)ids->size) return false;
    *id = (const char *)ids->base + from;
    *len = (int64_t)(to - from);
    if (!(*id)[*len - 1]) --*len;   // some writers end ids with NUL
    return *len > 0;
}

int64_t search_id_find(const search_ids *ids, const char *id, int64_t len)
{
    const char *have;
    int64_t have_len;
    if (!ids->table) {
        for (int64_t i = 0; i < ids->n; i++)
            if (search_id_at(ids, i, &have, &have_len) && have_len == len && !memcmp(have, id, (size_t)len)) return i;
        return -1;
    }
    uint32_t slot = (uint32_t)search_checksum(0, id, (size_t)len) & (ids->table_size - 1);
    for (uint32_t tries = 0; tries < ids->table_size && ids->table[slot]; tries++, slot = (slot + 1) & (ids->table_size - 1)) {
        int64_t i = (int64_t)ids->table[slot] - 1;
        if (search_id_at(ids, i, &have, &have_len) && have_len == len && !memcmp(have, id, (size_t)len)) return i;
    }
    return -1;
}
