// shared.c - the readers' small helpers: a hash set of pairs, numbers as C's atof reads them, drawn bonds.
#include <math.h>

#include "io/io.h"

static uint64_t *place(uint64_t *table, uint32_t cap, uint64_t key)
{
    uint32_t i = (uint32_t)(key * 0x9E3779B97F4A7C15u >> 32) & (cap - 1);
    while (table[i] && table[i] != key) i = (i + 1) & (cap - 1);
    return &table[i];
}

aryl_status pair_set_add(pair_set *s, arena *mem, uint32_t a, uint32_t b, bool *is_new)
{
    if (2 * s->n >= s->cap) {
        uint32_t cap = s->cap ? 2 * s->cap : 64;
        uint64_t *table = arena_zero(mem, uint64_t, cap);
        if (!table) return ARYL_E_NOMEM;
        for (uint32_t i = 0; i < s->cap; i++)
            if (s->table[i]) *place(table, cap, s->table[i]) = s->table[i];
        s->table = table;
        s->cap = cap;
    }
    uint64_t key = ((uint64_t)a << 32 | b) + 1;   // 0 is a free place; b is an index, so the sum does not wrap
    uint64_t *p = place(s->table, s->cap, key);
    *is_new = !*p;
    if (!*p) {
        *p = key;
        s->n++;
    }
    return ARYL_OK;
}

static char small(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool begins(const char *p, const char *end, const char *word)
{
    for (; *word; word++, p++)
        if (p == end || small(*p) != *word) return false;
    return true;
}

static int32_t hex_digit(char c)
{
    c = small(c);
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// What follows "0x".
static double hexadecimal(const char *p, const char *end)
{
    uint64_t m = 0;
    int64_t exponent = 0;
    bool point = false;
    for (; p < end; p++) {
        int32_t d = hex_digit(*p);
        if (d < 0 && (*p != '.' || point)) break;
        if (d < 0) point = true;
        else if (m >> 58) {   // more than a double holds: only whether something follows matters
            m |= d != 0;
            exponent += point ? 0 : 4;
        } else {
            m = 16 * m + (uint64_t)d;
            exponent -= point ? 4 : 0;
        }
    }
    int64_t e = 0;
    if (end - p > 1 && small(*p) == 'p') {
        const char *q = p + 1;
        bool down = *q == '-';
        if (*q == '-' || *q == '+') q++;
        for (; q < end && *q >= '0' && *q <= '9'; q++)
            if (e < 1 << 24) e = 10 * e + (*q - '0');
        if (down) e = -e;
    }
    exponent += e;
    return ldexp((double)m, exponent > 100000 ? 100000 : exponent < -100000 ? -100000 : (int)exponent);
}

double io_atof(const char *text, int64_t len)
{
    const char *p = text, *end = text + len;
    while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r'))) p++;
    const char *start = p;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    double value = 0;
    if (begins(p, end, "inf")) value = INFINITY;
    else if (begins(p, end, "nan")) value = NAN;
    else if (begins(p, end, "0x") && end - p > 2 &&
             (hex_digit(p[2]) >= 0 || (p[2] == '.' && end - p > 3 && hex_digit(p[3]) >= 0)))
        value = hexadecimal(p + 2, end);
    else return text_read_double(start, end - start, &value) ? value : 0;
    return negative ? -value : value;
}

void io_draw(raw_bond *b, int32_t dir)
{
    b->dir = (uint8_t)dir;
    b->flags &= (uint8_t)~BOND_DRAWN;
    b->flags |= dir == DIR_WEDGE ? BOND_DRAWN_UP : dir == DIR_DASH ? BOND_DRAWN_DOWN : BOND_DRAWN_WAVY;
}

void io_clear_drawing(raw_mol *raw)
{
    for (int32_t i = 0; i < raw->n_bonds; i++) {
        raw_bond *b = &raw->bond[i];
        if (b->type != BOND_SINGLE || b->dir == DIR_UP || b->dir == DIR_DOWN) continue;
        if (b->dir == DIR_UNKNOWN) b->flags |= BOND_UNKNOWN_STEREO;
        b->dir = DIR_NONE;
    }
}
