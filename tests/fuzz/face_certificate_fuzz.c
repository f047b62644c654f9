#include "card/face_certificate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

static bool is_rate(double value)
{
	return value >= 0 && value <= 1;
}

/*
 * Any bytes: refused, or figures that can be; and nobody's word is believed
 * without a root.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	YF_AUTO(arena) arena = yf_arena_new(64 * 1024 * 1024);
	const yf_str text = { (const char *)data, len };
	struct yf_face_point points[YF_REPORT_LIMITS_MAX];
	struct yf_face_certificate certificate, again;

	if (!arena ||
	    yf_failed(yf_face_certificate_parse(arena, text, &certificate)))
		return 0;
	expect(certificate.expires_s > certificate.made_s);
	expect(certificate.by.len && certificate.report.data.len);
	const size_t count = yf_face_certificate_points(&certificate, points);
	expect(count > 0 && count <= YF_REPORT_LIMITS_MAX);
	for (size_t i = 0; i < count; i++) {
		expect(is_rate(points[i].fmr) && is_rate(points[i].group_fmr));
		expect(points[i].impostors >= YF_FACE_ERRORS_MIN - 1);
		expect(!i || points[i].score >= points[i - 1].score);
	}
	expect(yf_failed(yf_face_certificate_verify(
		arena, text, NULL, certificate.made_s, &again)));
	return 0;
}
