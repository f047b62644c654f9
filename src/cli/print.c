#include "cli/print.h"

#include <stdio.h>

yf_err yf_print_json(struct yf_json_out *out)
{
	yf_str text;

	YF_TRY(yf_json_out_end(out, &text));
	if (fwrite(text.ptr, 1, text.len, stdout) != text.len ||
	    putchar('\n') == EOF || fflush(stdout))
		return YF_FAIL(IO);
	return YF_OK;
}
