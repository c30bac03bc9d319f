// request.c - what a caller asks for, checked once.
#include <math.h>

#include "search/search.h"

aryl_status search_request_of(const aryl_search_options *options, search_request *out, aryl_error *err)
{
    aryl_search_options o = {sizeof o};
    if (options) {
        if (options->size < offsetof(aryl_search_options, n_threads) || options->size > 4096)
            return fail_at(err, ARYL_E_ARGUMENT, -1, "size of the search options is not set");
        memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
    }
    if (o.metric < ARYL_TANIMOTO || o.metric > ARYL_CONTAINMENT)
        return fail_at(err, ARYL_E_ARGUMENT, -1, "there is no metric %d", (int)o.metric);
    if (o.metric == ARYL_TVERSKY && !(o.alpha >= 0 && o.beta >= 0 && o.alpha <= 1e6 && o.beta <= 1e6))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "Tversky's alpha and beta go from 0 to 1000000");
    if (!isfinite(o.threshold)) return fail_at(err, ARYL_E_ARGUMENT, -1, "the threshold is not a number");
    if (o.k < 0) return fail_at(err, ARYL_E_ARGUMENT, -1, "k is negative");
    if (o.plan < ARYL_PLAN_AUTO || o.plan > ARYL_PLAN_GROUPS)
        return fail_at(err, ARYL_E_ARGUMENT, -1, "there is no plan %d", (int)o.plan);
    *out = (search_request){
        .metric = {o.metric, o.alpha, o.beta}, .threshold = o.threshold, .k = o.k, .n_threads = o.n_threads,
        .count_only = o.count_only != 0, .plan = o.plan, .progress = o.progress, .cancel = o.cancel, .ctx = o.ctx};
    return ARYL_OK;
}

aryl_status search_check_rows(const aryl_rows *rows, aryl_rows *out, const char *what, aryl_error *err)
{
    if (!rows) return fail_at(err, ARYL_E_ARGUMENT, -1, "%s: no rows were given", what);
    if (rows->bits < 1 || rows->bits > SEARCH_MOST_BITS)
        return fail_at(err, ARYL_E_ARGUMENT, -1, "%s: rows of %d bits; 1 to %d can be searched", what, (int)rows->bits, SEARCH_MOST_BITS);
    int32_t bytes = search_row_bytes(rows->bits);
    *out = *rows;
    if (!out->stride) out->stride = bytes;
    int64_t size;
    if (rows->n < 0 || out->stride < bytes || __builtin_mul_overflow(rows->n, out->stride, &size))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "%s: %lld rows with a stride of %lld bytes", what, (long long)rows->n, (long long)out->stride);
    if (rows->n && !rows->data) return fail_at(err, ARYL_E_ARGUMENT, -1, "%s: rows without data", what);
    return ARYL_OK;
}

aryl_status search_pause(const search_request *r, int64_t done, int64_t total, aryl_error *err)
{
    if (r->progress) r->progress(r->ctx, done, total);
    if (r->cancel && r->cancel(r->ctx)) return fail_at(err, ARYL_E_CANCELLED, -1, "cancelled");
    return ARYL_OK;
}
