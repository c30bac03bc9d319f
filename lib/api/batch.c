// batch.c - plans and runs, with their arguments checked.
#include "api/api.h"

ARYL_API aryl_status aryl_split_lines(const char *text, int64_t len, int64_t *offsets, int64_t capacity, int64_t *n)
{
    if (!n || len < 0 || (!text && len) || (!offsets && capacity > 0)) return ARYL_E_ARGUMENT;
    return lines_split(text, len, offsets, capacity, n);
}

ARYL_API aryl_status aryl_plan_new(const char *spec, aryl_plan **out, aryl_error *err)
{
    if (!out || !spec) return fail_at(err, ARYL_E_ARGUMENT, -1, "spec or out is NULL");
    return plan_new(spec, out, err);
}

ARYL_API void aryl_plan_free(aryl_plan *plan) { plan_free(plan); }
ARYL_API const char *aryl_plan_canonical(const aryl_plan *plan) { return plan ? plan->canonical : ""; }
ARYL_API int32_t aryl_plan_n_outputs(const aryl_plan *plan) { return plan ? plan->n_outputs : 0; }

ARYL_API aryl_status aryl_plan_output(const aryl_plan *plan, int32_t output, aryl_output_info *info)
{
    if (!plan || !info || !api_size_ok(info->size, sizeof *info)) return ARYL_E_ARGUMENT;
    if (output < 0 || output >= plan->n_outputs) return ARYL_E_UNKNOWN;
    api_hand_over(info, &plan->outputs[output].info, sizeof *info);
    return ARYL_OK;
}

static aryl_status check_column(const aryl_column *c, aryl_error *err)
{
    if (!c || c->n < 0 || (c->n && !c->offsets)) return fail_at(err, ARYL_E_ARGUMENT, -1, "a column has offsets for its n rows");
    if (c->n && !c->data && c->offsets[c->n] > c->offsets[0]) return fail_at(err, ARYL_E_ARGUMENT, -1, "the column has no data");
    return ARYL_OK;
}

static aryl_status check_options(const aryl_run_options *o, int64_t n, aryl_error *err)
{
    if (!o) return ARYL_OK;
    if (!api_size_ok(o->size, sizeof *o)) return fail_at(err, ARYL_E_ARGUMENT, -1, "options.size is not set");
    if (o->first < 0 || o->first > n) return fail_at(err, ARYL_E_ARGUMENT, -1, "options.first is not a row");
    if (o->n_threads < 0 || o->max_atoms < 0 || o->max_bytes < 0 || o->max_work < 0)
        return fail_at(err, ARYL_E_ARGUMENT, -1, "threads and limits are not negative");
    return ARYL_OK;
}

static aryl_status check_output(const aryl_plan *plan, int32_t i, const aryl_output *o, aryl_error *err)
{
    const aryl_output_info *info = &plan->outputs[i].info;
    if (!api_size_ok(o->size, sizeof *o) || o->size != sizeof *o)
        return fail_at(err, ARYL_E_ARGUMENT, -1, "output %s: size is not set", info->label);
    if (!o->data && !o->offsets) return ARYL_OK;
    if (o->type != info->type) return fail_at(err, ARYL_E_ARGUMENT, -1, "output %s: not of this type", info->label);
    if (!info->variable) {
        if (!o->data) return fail_at(err, ARYL_E_ARGUMENT, -1, "output %s: no data", info->label);
        if (o->stride && o->stride < info->row_bytes)
            return fail_at(err, ARYL_E_ARGUMENT, -1, "output %s: a row has %lld bytes, the stride is %lld", info->label,
                           (long long)info->row_bytes, (long long)o->stride);
    } else if (!o->offsets || o->capacity < 0 || (!o->data && o->capacity)) {
        return fail_at(err, ARYL_E_ARGUMENT, -1, "output %s: variable, so it needs offsets, data and capacity", info->label);
    }
    if ((uintptr_t)o->data % (size_t)info->element_bytes || o->stride % info->element_bytes)
        return fail_at(err, ARYL_E_ARGUMENT, -1, "output %s: data or stride is not aligned", info->label);
    return ARYL_OK;
}

ARYL_API aryl_status aryl_plan_run(const aryl_plan *plan, const aryl_column *column, const aryl_run_options *options,
                                   aryl_output *outputs, int32_t n_outputs, aryl_status *status, int64_t *error_offset,
                                   aryl_error *err)
{
    if (!plan) return fail_at(err, ARYL_E_ARGUMENT, -1, "plan is NULL");
    TRY(check_column(column, err));
    TRY(check_options(options, column->n, err));
    if (n_outputs != plan->n_outputs || (!outputs && n_outputs))
        return fail_at(err, ARYL_E_ARGUMENT, -1, "the plan has %d outputs, not %d", plan->n_outputs, n_outputs);
    for (int32_t i = 0; i < n_outputs; i++) TRY(check_output(plan, i, &outputs[i], err));
    return run_plan(plan, column, options, outputs, status, error_offset, err);
}

ARYL_API aryl_status aryl_explain_row(const aryl_plan *plan, const aryl_column *column, int64_t row,
                                      const aryl_run_options *options, aryl_error *err)
{
    if (!plan) return fail_at(err, ARYL_E_ARGUMENT, -1, "plan is NULL");
    TRY(check_column(column, err));
    TRY(check_options(options, column->n, err));
    if (row < 0 || row >= column->n) return fail_at(err, ARYL_E_ARGUMENT, -1, "no row %lld", (long long)row);
    return run_explain(plan, column, row, options, err);
}
