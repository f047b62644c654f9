#include "base/err.h"

static const struct {
	yf_kind kind;
	const char *name;
	const char *text;
	const char *advice;
} table[YF_CODE_COUNT] = {
	[YF_CODE_OK] = { YF_KIND_NONE, "OK", "ok", "" },
#define YF_ERR(name, kind, text, advice) \
	[YF_CODE_##name] = { YF_KIND_##kind, #name, text, advice },
#include "base/err.def"
#undef YF_ERR
};

yf_kind yf_err_kind(yf_err err)
{
	return table[err.code].kind;
}

const char *yf_err_name(yf_err err)
{
	return table[err.code].name;
}

const char *yf_err_text(yf_err err)
{
	return table[err.code].text;
}

const char *yf_err_advice(yf_err err)
{
	return table[err.code].advice;
}
