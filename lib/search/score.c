// score.c - what a score is, and the least intersection that reaches one.
#include <math.h>

#include "search/search.h"

double search_score(const search_metric *m, int32_t c, int32_t a, int32_t b)
{
    if (c <= 0) return 0;
    switch (m->kind) {
    case ARYL_TANIMOTO: return (double)c / (double)(a + b - c);
    case ARYL_DICE: return 2.0 * c / (double)(a + b);
    case ARYL_COSINE: return c / sqrt((double)a * b);
    case ARYL_CONTAINMENT: return (double)c / a;
    default: return c / (m->alpha * a + m->beta * b + (1 - m->alpha - m->beta) * c);
    }
}

// Every score grows with c. In doubles that holds to the last bit for all but Tversky's, whose sum is rounded: there the
// threshold is lowered by more than rounding can do, and whoever finds a hit looks at its score.
int32_t search_least(const search_metric *m, int32_t a, int32_t b, double t)
{
    int32_t most = a < b ? a : b;
    double guess;
    switch (m->kind) {
    case ARYL_TANIMOTO: guess = t * (a + b) / (1 + t); break;
    case ARYL_DICE: guess = t * (a + b) / 2; break;
    case ARYL_COSINE: guess = t * sqrt((double)a * b); break;
    case ARYL_CONTAINMENT: guess = t * a; break;
    default: {
        t -= t * 1e-9;
        double sum = m->alpha + m->beta, rest = 1 - t * (1 - sum);
        guess = rest > 0 ? t * (m->alpha * a + m->beta * b) / rest : most;
    }
    }
    int32_t c = !(guess > 1) ? 1 : guess > most ? most : (int32_t)guess;
    while (c > 1 && search_score(m, c - 1, a, b) >= t) c--;
    while (c <= most && !(search_score(m, c, a, b) >= t)) c++;
    return c <= most ? c : SEARCH_NEVER;
}
