// patterns.c - where the library's own patterns fit: MACCS keys, atom types, functional groups, features ...
//
// They are one set, because they share most of their atom expressions. It is compiled when first needed and from then
// on constant, like the tables it is made from; it lives as long as the process.
#include <stdatomic.h>

#include "facts/facts.h"

typedef struct source { const char *smarts; uint8_t group; } source;
static const source sources[] = {
#define MACCS(smarts, ...) {smarts, PATTERNS_MACCS},
#include "facts/maccs_table.h"
#define CRIPPEN(type, smarts, log_p, mr) {smarts, PATTERNS_CRIPPEN},
#include "facts/crippen_table.h"
#define FRAGMENT(name, smarts, meaning) {smarts, PATTERNS_FRAGMENTS},
#include "facts/fragments_table.h"
#define FEATURE(meaning, smarts) {smarts, PATTERNS_FEATURES},
#include "facts/features_table.h"
#define TOPOLOGY(smarts) {smarts, PATTERNS_TOPOLOGY},
#include "facts/topology_table.h"
#define COUNTED(name, smarts) {smarts, PATTERNS_COUNTED},
#include "facts/counts_table.h"
#define ACCEPTOR(smarts) {smarts, PATTERNS_ACCEPTORS},
#define ALERT(smarts) {smarts, PATTERNS_ALERTS},
#include "facts/qed_table.h"
};
enum { N_SOURCES = sizeof sources / sizeof *sources };

enum {   // where the tables begin
    CRIPPEN_AT = 136, FRAGMENTS_AT = CRIPPEN_AT + 110, FEATURES_AT = FRAGMENTS_AT + 85, TOPOLOGY_AT = FEATURES_AT + 6,
    COUNTED_AT = TOPOLOGY_AT + 13, ACCEPTORS_AT = COUNTED_AT + 4, ALERTS_AT = ACCEPTORS_AT + 11
};
_Static_assert(N_SOURCES == ALERTS_AT + 116, "a pattern table has lost or gained rows");
static const int32_t first[] = {
    [PATTERNS_MACCS] = 0, [PATTERNS_CRIPPEN] = CRIPPEN_AT, [PATTERNS_FRAGMENTS] = FRAGMENTS_AT,
    [PATTERNS_FEATURES] = FEATURES_AT, [PATTERNS_TOPOLOGY] = TOPOLOGY_AT, [PATTERNS_COUNTED] = COUNTED_AT,
    [PATTERNS_ACCEPTORS] = ACCEPTORS_AT, [PATTERNS_ALERTS] = ALERTS_AT,
};

static _Atomic(smarts_set *) compiled;

static aryl_status need_set(const smarts_set **out)
{
    smarts_set *set = atomic_load_explicit(&compiled, memory_order_acquire);
    if (!set) {
        TRY(smarts_set_new(&set));
        for (int32_t i = 0; i < N_SOURCES; i++) {
            int32_t index;
            aryl_status s = smarts_set_add(set, sources[i].smarts, (int64_t)strlen(sources[i].smarts), 0, &index, NULL);
            if (s == ARYL_OK) continue;
            smarts_set_free(set);
            return s == ARYL_E_NOMEM ? s : ARYL_E_INTERNAL;
        }
        smarts_set *winner = NULL;
        if (!atomic_compare_exchange_strong_explicit(&compiled, &winner, set, memory_order_acq_rel, memory_order_acquire)) {
            smarts_set_free(set);      // another thread was faster
            set = winner;
        }
    }
    *out = set;
    return ARYL_OK;
}

aryl_status facts_prepare_patterns(void)
{
    const smarts_set *set;
    return need_set(&set);
}

aryl_status facts_patterns(facts *f)
{
    const smarts_set *set;
    if (f->patterns) return ARYL_OK;
    TRY(need_set(&set));
    smarts_run *run = arena_new(f->mem, smarts_run, 1);
    if (!run) return ARYL_E_NOMEM;
    TRY(smarts_run_init(run, set, f->mol, f->mem));
    if (f->hybridisation) run->hybridisation = f->hybridisation;
    f->patterns = run;
    return ARYL_OK;
}

int32_t facts_pattern(int32_t group, int32_t i)
{
    assert(sources[first[group] + i].group == group);
    return first[group] + i;
}

const char *facts_pattern_text(int32_t group, int32_t i) { return sources[facts_pattern(group, i)].smarts; }

aryl_status facts_pattern_count(facts *f, int32_t group, int32_t i, int64_t most, int64_t *count)
{
    TRY(facts_patterns(f));
    return smarts_count(f->patterns, facts_pattern(group, i), &(smarts_options){most, true, false}, count);
}

aryl_status facts_pattern_counts(facts *f, int32_t group, int32_t n, int64_t most, int64_t *counts)
{
    TRY(facts_patterns(f));
    return smarts_counts(f->patterns, facts_pattern(group, 0), n, &(smarts_options){most, true, false}, NULL, counts);
}
