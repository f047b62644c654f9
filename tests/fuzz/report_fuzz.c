#include "face/report.h"

#include <assert.h>

/*
 * Any bytes: refused, or a report whose figures can be true and that comes
 * back the same when it is written and read again.
 */
static void check_rate(const struct yf_rate *rate)
{
	assert(rate->errors <= rate->trials);
	assert(rate->at_most >= 0 && rate->at_most <= 1);
	assert(!rate->known || (rate->value >= 0 && rate->value <= 1));
	assert(!rate->has_interval || rate->low <= rate->high);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024 * 1024);
	struct yf_face_report report, again;
	yf_str json, second;

	assert(arena);
	if (yf_failed(yf_face_report_decode(
		    arena, (yf_str){ (const char *)data, size }, &report)))
		return 0;
	check_rate(&report.failure_to_extract);
	for (size_t i = 0; i < report.limit_count; i++) {
		check_rate(&report.limits[i].fmr);
		check_rate(&report.limits[i].fnmr);
		for (size_t g = 0; g < report.group_count; g++) {
			check_rate(&report.limits[i].group_fmr[g]);
			check_rate(&report.limits[i].group_fnmr[g]);
		}
	}
	for (size_t i = 0; i < report.claim_count; i++)
		assert(yf_claim_name(report.claims[i].verdict));
	assert(!yf_failed(yf_face_report_encode(&report, arena, &json)));
	assert(!yf_failed(yf_face_report_decode(arena, json, &again)));
	assert(!yf_failed(yf_face_report_encode(&again, arena, &second)));
	assert(yf_str_eq(json, second));
	return 0;
}
