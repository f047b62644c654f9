/* Scores that are no numbers. */
#include "null.h"

static int32_t match(const struct yufu_face *state, const uint8_t *probe,
		     uint32_t probe_len, const uint8_t *reference,
		     uint32_t reference_len, struct yufu_face_match *out)
{
	if (!state || !probe || !reference || probe_len != reference_len ||
	    probe_len != NULL_TEMPLATE_LEN)
		return YUFU_FACE_BAD_TEMPLATE;
	out->score = NAN;
	out->log10_fmr = -6;
	return YUFU_FACE_OK;
}

NULL_ENGINE(.match = match)
