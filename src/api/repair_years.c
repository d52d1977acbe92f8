/* Missed years that a quote or a payment names to be paid for as well (P-03). */
#include <gongji/api/api.h>

enum status api_repair_years(struct request *rq, const json_t *years, const char **ret)
{
    size_t i;
    json_t *year;
    json_array_foreach((json_t *)(uintptr_t)years, i, year) { /* jansson's iterators take no const */
        if (json_integer_value(year) < 1900 || json_integer_value(year) > 2999)
            rq_fault(rq, arena_printf(rq_arena(rq), "/repair_years/%zu", i), "out_of_range",
                     "must be from 1900 to 2999");
    }
    *ret = json_array_size(years) ? db_array_of(rq_arena(rq), years) : NULL;
    return rq_faults(rq)->count ? ST_VALIDATION_FAILED : ST_OK;
}
