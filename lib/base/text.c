// text.c - numbers as decimal text, both ways exact, whatever the locale says.
//
// Almost every number of a molecule file has few digits and is read with one multiplication or division that cannot
// round twice; almost every number that is written fits 128-bit integers. What is left goes through long integers,
// where nothing is rounded until the end.
#include <float.h>
#include <math.h>

#include "base/base.h"

#if FLT_EVAL_METHOD == 0
enum { EXACT_DOUBLES = 1 };
#else
enum { EXACT_DOUBLES = 0 };   // the x87 rounds twice
#endif

// All powers of ten that a double holds exactly.
static const double ten_to[] = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
};
enum { EXACT_TEN = 22 };
#define EXACT_INTEGER ((uint64_t)1 << 53)

// ---- long integers

// The largest comes from 769 digits and an exponent of -1100: 10^769 shifted until 5^1100 leaves 66 bits of a quotient.
enum { WORDS = 168 };
typedef struct big { int32_t n; uint32_t word[WORDS]; } big;   // little end first, no leading zeros

static void big_trim(big *b)
{
    while (b->n && !b->word[b->n - 1]) b->n--;
}

static void big_set(big *b, uint64_t value)
{
    b->n = 2;
    b->word[0] = (uint32_t)value;
    b->word[1] = (uint32_t)(value >> 32);
    big_trim(b);
}

static void big_multiply_add(big *b, uint32_t factor, uint32_t carry)
{
    for (int32_t i = 0; i < b->n; i++) {
        uint64_t t = (uint64_t)b->word[i] * factor + carry;
        b->word[i] = (uint32_t)t;
        carry = (uint32_t)(t >> 32);
    }
    assert(!carry || b->n < WORDS);
    if (carry) b->word[b->n++] = carry;
}

static uint32_t big_divide(big *b, uint32_t divisor)   // returns the remainder
{
    uint64_t rest = 0;
    for (int32_t i = b->n; i-- > 0;) {
        rest = rest << 32 | b->word[i];
        b->word[i] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    big_trim(b);
    return (uint32_t)rest;
}

static void big_shift_left(big *b, int32_t bits)
{
    int32_t words = bits / 32, rest = bits % 32;
    if (!b->n || !bits) return;
    assert(b->n + words < WORDS);
    for (int32_t i = b->n; i-- > 0;) b->word[i + words] = b->word[i];
    memset(b->word, 0, (size_t)words * sizeof *b->word);
    b->n += words;
    if (rest) big_multiply_add(b, (uint32_t)1 << rest, 0);
}

enum { FIVE_STEP = 13 };
static const uint32_t five_to[FIVE_STEP + 1] = {
    1, 5, 25, 125, 625, 3125, 15625, 78125, 390625, 1953125, 9765625, 48828125, 244140625, 1220703125,
};

static void big_times_five(big *b, int32_t power)
{
    for (; power > 0; power -= FIVE_STEP) big_multiply_add(b, five_to[power < FIVE_STEP ? power : FIVE_STEP], 0);
}

static int32_t big_bits(const big *b) { return b->n ? 32 * b->n - __builtin_clz(b->word[b->n - 1]) : 0; }

static bool big_bit(const big *b, int32_t i) { return i >= 0 && i / 32 < b->n && b->word[i / 32] >> (i % 32) & 1; }

static int big_compare(const big *a, const big *b)
{
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (int32_t i = a->n; i-- > 0;)
        if (a->word[i] != b->word[i]) return a->word[i] < b->word[i] ? -1 : 1;
    return 0;
}

static void big_add(big *a, const big *b)
{
    uint64_t carry = 0;
    for (int32_t i = 0; i < a->n || i < b->n || carry; i++) {
        assert(i < WORDS);
        carry += (uint64_t)(i < a->n ? a->word[i] : 0) + (i < b->n ? b->word[i] : 0);
        a->word[i] = (uint32_t)carry;
        carry >>= 32;
        if (i >= a->n) a->n = i + 1;
    }
}

static void big_subtract(big *a, const big *b)   // a >= b
{
    int64_t borrow = 0;
    for (int32_t i = 0; i < a->n; i++) {
        borrow += (int64_t)a->word[i] - (i < b->n ? b->word[i] : 0);
        a->word[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    big_trim(a);
}

// ---- reading

// b times 2^exponent, and a little more if inexact, to the nearest double, ties to even.
static double round_to_double(const big *b, int32_t exponent, bool inexact)
{
    int32_t bits = big_bits(b), top = bits - 1 + exponent;   // 2^top <= value < 2^(top + 1)
    if (top > 1023) return HUGE_VAL;
    int32_t keep = top >= -1022 ? 53 : 53 - (-1022 - top);   // bits of the result; subnormals have fewer
    if (keep < 0) return 0;
    uint64_t m = 0;
    for (int32_t i = 1; i <= keep; i++) m = m << 1 | big_bit(b, bits - i);
    bool more = inexact;
    for (int32_t i = 0; !more && i < bits - keep - 1; i++) more = big_bit(b, i);
    if (big_bit(b, bits - keep - 1) && (more || (m & 1))) m++;
    return ldexp((double)m, top + 1 - keep);
}

// digits * 10^exponent where neither fits a double
static double read_slowly(const char *digits, int32_t n_digits, bool more_digits, int32_t exponent)
{
    big b = {.n = 0};
    for (int32_t i = 0; i < n_digits; i++) big_multiply_add(&b, 10, (uint32_t)(digits[i] - '0'));
    if (exponent >= 0) {
        big_times_five(&b, exponent);
        return round_to_double(&b, exponent, more_digits);
    }
    // 5^k has fewer than 2.33 k bits; 66 bits of quotient leave room for rounding, the remainders say the rest
    int32_t shift = 66 + (int32_t)(-exponent * 2.33) - big_bits(&b) + 1;
    if (shift < 0) shift = 0;
    big_shift_left(&b, shift);
    bool inexact = more_digits;
    for (int32_t k = -exponent; k > 0; k -= FIVE_STEP)
        inexact |= big_divide(&b, five_to[k < FIVE_STEP ? k : FIVE_STEP]) != 0;
    return round_to_double(&b, exponent - shift, inexact);
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

int64_t text_read_double(const char *text, int64_t len, double *out)
{
    // More than 768 digits are never needed to tell two doubles apart, if it is known that something follows.
    enum { MOST_DIGITS = 769 };
    char digits[MOST_DIGITS];
    int64_t i = 0, dropped = 0, after_point = 0;
    int32_t n = 0;
    bool negative = false, any = false, point = false, more = false;
    uint64_t m = 0;

    if (i < len && (text[i] == '-' || text[i] == '+')) negative = text[i++] == '-';
    for (; i < len; i++) {
        if (text[i] == '.' && !point) {
            point = true;
            continue;
        }
        if (!is_digit(text[i])) break;
        any = true;
        after_point += point;
        if (n == 0 && text[i] == '0') continue;
        if (n < MOST_DIGITS) {
            if (n < 19) m = 10 * m + (uint64_t)(text[i] - '0');
            digits[n++] = text[i];
        } else {
            dropped++;
            more |= text[i] != '0';
        }
    }
    if (!any) return 0;

    int64_t exponent = dropped - after_point;
    if (i < len && (text[i] == 'e' || text[i] == 'E')) {
        int64_t k = i + 1;
        bool down = false;
        if (k < len && (text[k] == '-' || text[k] == '+')) down = text[k++] == '-';
        if (k < len && is_digit(text[k])) {
            int64_t e = 0;
            for (; k < len && is_digit(text[k]); k++)
                if (e < INT64_MAX / 20) e = 10 * e + (text[k] - '0');
            exponent += down ? -e : e;
            i = k;
        }
    }

    double value;
    if (n == 0) value = 0;
    else if (n + exponent > 310) value = HUGE_VAL;
    else if (n + exponent < -330) value = 0;
    else if (EXACT_DOUBLES && n <= 19 && m <= EXACT_INTEGER && exponent >= -EXACT_TEN && exponent <= EXACT_TEN)
        value = exponent < 0 ? (double)m / ten_to[-exponent] : (double)m * ten_to[exponent];
    else value = read_slowly(digits, n, more, (int32_t)exponent);
    *out = negative ? -value : value;
    return i;
}

int64_t text_read_int(const char *text, int64_t len, int64_t *out)
{
    int64_t i = 0, value = 0;
    bool negative = false;
    if (i < len && (text[i] == '-' || text[i] == '+')) negative = text[i++] == '-';
    if (i >= len || !is_digit(text[i])) return 0;
    for (; i < len && is_digit(text[i]); i++) {   // downwards, where there is room for one more
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, text[i] - '0', &value)) return 0;
    }
    if (!negative && value == INT64_MIN) return 0;
    *out = negative ? value : -value;
    return i;
}

// ---- writing

enum { MOST_WRITTEN = 17 };
typedef struct decimal { char digit[MOST_WRITTEN + 1]; int32_t n, point; } decimal;   // 0.d1d2d3... * 10^point

static void decimal_from(uint64_t value, int32_t exponent, decimal *d)   // value * 10^exponent, value > 0
{
    char back[20];
    int32_t n = 0;
    while (value % 10 == 0) value /= 10, exponent++;
    for (; value; value /= 10) back[n++] = (char)('0' + value % 10);
    assert(n <= MOST_WRITTEN);
    d->n = n;
    d->point = n + exponent;
    for (int32_t i = 0; i < n; i++) d->digit[i] = back[n - 1 - i];
}

// 10^result <= value < 10^(result + 1); a logarithm rounds, so beside a power of ten it can be one too small or too large.
static int32_t decade(double value) { return (int32_t)floor(log10(value)); }

// At most 15 digits identify at most one double each, so a decimal of that length that reads back is the shortest.
static bool write_fifteen(double value, decimal *d)
{
    int32_t k = 14 - decade(value);
    if (!EXACT_DOUBLES || k < 0 || k > EXACT_TEN) return false;
    double scaled = value * ten_to[k];
    if (!(scaled < 1e15 && scaled >= 1)) return false;
    uint64_t m = (uint64_t)(scaled + 0.5);
    if ((double)m / ten_to[k] != value) return false;
    decimal_from(m, -k, d);
    return true;
}

#ifdef __SIZEOF_INT128__
// Sixteen or seventeen digits, exactly, where value * 10^k fits 124 bits. The double stands for every number between
// the middles to its neighbours; of the decimals in there the shortest is taken, of those the nearest.
static bool write_seventeen(double value, decimal *d)
{
    int32_t exponent;
    uint64_t m = (uint64_t)ldexp(frexp(value, &exponent), 53);
    int32_t shift = 53 - exponent, k = 16 - decade(value);
    if (shift < 1 || shift > 100 || k < 0 || k > 21) return false;
    // quarters of the last bit, times 10^k: all in units of 2^-(shift + 2)
    unsigned __int128 scale = 1;
    for (int32_t i = 0; i < k; i++) scale *= 10;
    unsigned __int128 exact = 4 * scale * m, above = 2 * scale, below = m == EXACT_INTEGER / 2 ? scale : 2 * scale;
    unsigned __int128 unit = (unsigned __int128)1 << (shift + 2);
    if (exact / unit >= 100000000000000000) return false;   // the decade was one too small
    bool ends = m % 2 == 0;   // ties go to even: then the middles themselves still read back as value
    for (int32_t step = 10; step >= 1; step /= 10) {
        unsigned __int128 width = unit * (unsigned)step, low = exact / width * width, high = low + width;
        bool low_ok = exact - low < below || (ends && exact - low == below);
        bool high_ok = high - exact < above || (ends && high - exact == above);
        if (!low_ok && !high_ok) continue;
        bool up = !low_ok || (high_ok && (high - exact < exact - low || (high - exact == exact - low && low / width % 2)));
        decimal_from((uint64_t)((up ? high : low) / unit), -k, d);
        return true;
    }
    return false;
}
#else
static bool write_seventeen(double value, decimal *d) { (void)value; (void)d; return false; }
#endif

// Digit by digit, after Steele & White, PLDI 1990, 112, doi:10.1145/93542.93559: the rest of the value over `one`, with the
// distances to the middles beside it, until a digit more would not be needed to tell the double from its neighbours.
static void write_slowly(double value, decimal *d)
{
    int32_t exponent;
    uint64_t m = (uint64_t)ldexp(frexp(value, &exponent), 53);
    exponent -= 53;
    while (exponent < -1074) m >>= 1, exponent++;   // subnormal: the bits that fall off are zeros
    bool ends = m % 2 == 0, uneven = m == EXACT_INTEGER / 2 && exponent > -1074;
    big rest, one, above, below, sum;
    big_set(&rest, m);
    big_set(&one, 1);
    big_set(&above, 1);
    big_set(&below, 1);
    big_shift_left(&rest, 1 + uneven + (exponent > 0 ? exponent : 0));   // halves, or quarters, of the last bit
    big_shift_left(&one, 1 + uneven + (exponent < 0 ? -exponent : 0));
    big_shift_left(&above, uneven + (exponent > 0 ? exponent : 0));
    big_shift_left(&below, exponent > 0 ? exponent : 0);
    int32_t point = (int32_t)ceil(log10(value) - 1e-10);   // right, or one too small
    if (point > 0) {
        big_times_five(&one, point);
        big_shift_left(&one, point);
    } else {
        big *scaled[] = {&rest, &above, &below};
        for (int32_t i = 0; i < 3; i++) {
            big_times_five(scaled[i], -point);
            big_shift_left(scaled[i], -point);
        }
    }
    sum = rest;
    big_add(&sum, &above);
    int over = big_compare(&sum, &one);
    if (over > 0 || (over == 0 && ends)) {
        big_multiply_add(&one, 10, 0);
        point++;
    }
    d->n = 0;
    d->point = point;
    for (;;) {
        int32_t digit = 0;
        big_multiply_add(&rest, 10, 0);
        big_multiply_add(&above, 10, 0);
        big_multiply_add(&below, 10, 0);
        for (; big_compare(&rest, &one) >= 0; digit++) big_subtract(&rest, &one);
        sum = rest;
        big_add(&sum, &above);
        int low = big_compare(&rest, &below), high = big_compare(&sum, &one);
        bool low_ok = low < 0 || (low == 0 && ends), high_ok = high > 0 || (high == 0 && ends);
        if (low_ok && high_ok) {
            big_multiply_add(&rest, 2, 0);
            int half = big_compare(&rest, &one);
            digit += half > 0 || (half == 0 && digit % 2);
        } else if (high_ok) {
            digit++;
        }
        d->digit[d->n++] = (char)('0' + digit);
        if (low_ok || high_ok) return;
        assert(d->n < MOST_WRITTEN);
    }
}

// Plain from 0.0001 to below 1e16, with an exponent outside.
static int32_t lay_out(const decimal *d, char *out)
{
    char *p = out;
    int32_t power = d->point - 1;   // d1.d2d3... * 10^power
    if (power >= -4 && power < 16) {
        if (d->point <= 0) {
            *p++ = '0';
            *p++ = '.';
            for (int32_t i = d->point; i < 0; i++) *p++ = '0';
        }
        for (int32_t i = 0; i < d->n || i < d->point; i++) {
            if (i == d->point && d->point > 0) *p++ = '.';
            *p++ = i < d->n ? d->digit[i] : '0';
        }
    } else {
        *p++ = d->digit[0];
        if (d->n > 1) *p++ = '.';
        for (int32_t i = 1; i < d->n; i++) *p++ = d->digit[i];
        *p++ = 'e';
        if (power < 0) *p++ = '-', power = -power;
        if (power >= 100) *p++ = (char)('0' + power / 100);
        if (power >= 10) *p++ = (char)('0' + power / 10 % 10);
        *p++ = (char)('0' + power % 10);
    }
    *p = 0;
    return (int32_t)(p - out);
}

int32_t text_write_double(double value, char *buf)
{
    if (isnan(value)) {
        memcpy(buf, "nan", 4);
        return 3;
    }
    int32_t sign = signbit(value) ? 1 : 0;
    if (sign) {
        *buf++ = '-';
        value = -value;
    }
    if (isinf(value)) {
        memcpy(buf, "inf", 4);
        return sign + 3;
    }
    if (value == 0) {
        memcpy(buf, "0", 2);
        return sign + 1;
    }
    decimal d;
    if (!write_fifteen(value, &d) && !write_seventeen(value, &d)) write_slowly(value, &d);
    return sign + lay_out(&d, buf);
}
