#include "card/plan_file.h"

#include "crypto/hash.h"

static yf_bytes body_of(yf_bytes file)
{
	return (yf_bytes){ file.ptr + YF_PLAN_BODY_AT,
			   file.len - YF_PLAN_BODY_AT };
}

void yf_plan_seal(yf_bytes file)
{
	/* the packer's own memory */
	yf_sha256(body_of(file),
		  (uint8_t *)(uintptr_t)file.ptr + YF_PLAN_DIGEST_AT);
}

yf_err yf_plan_verify(yf_bytes file)
{
	uint8_t digest[YF_SHA256_LEN];

	if (file.len < YF_PLAN_HEAD_LEN)
		return YF_FAIL(MODEL);
	yf_sha256(body_of(file), digest);
	return memcmp(digest, file.ptr + YF_PLAN_DIGEST_AT, sizeof(digest)) == 0
		       ? YF_OK
		       : YF_FAIL(MODEL);
}

yf_err yf_plan_verify_file(const char *path)
{
	YF_AUTO(plan) plan = NULL;

	YF_TRY(yf_plan_open(path, &plan));
	return yf_plan_verify(plan->file);
}
