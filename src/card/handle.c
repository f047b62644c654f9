#include "card/handle.h"

#include "base/random.h"
#include "codec/base64url.h"
#include "env/env.h"

yf_err yf_handle_new(struct yf_arena *arena, yf_str *text,
		     struct yf_handle *out)
{
	uint8_t random[32];

	yf_random_fill(random, sizeof(random));
	YF_TRY(yf_base64url_encode(arena, (yf_bytes){ random, sizeof(random) },
				   text));
	*out = yf_handle_of(*text);
	return YF_OK;
}

struct yf_handle yf_handle_of(yf_str text)
{
	struct yf_handle handle;

	yf_sha256(yf_bytes_of(text), handle.hash);
	handle.shard = yf_shard_of(handle.hash);
	return handle;
}

yf_err yf_spoken_code(struct yf_arena *arena, unsigned groups, yf_str *out)
{
	static const char letters[] = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct yf_buf buf = yf_buf_new(arena, (size_t)groups * 5);

	for (unsigned i = 0; i < groups * 4; i++) {
		if (i && i % 4 == 0)
			yf_buf_char(&buf, '-');
		yf_buf_char(&buf,
			    letters[yf_random_below(sizeof(letters) - 1)]);
	}
	return yf_buf_str(&buf, out);
}

yf_err yf_digits_code(struct yf_arena *arena, unsigned digits, yf_str *out)
{
	struct yf_buf buf = yf_buf_new(arena, digits);

	for (unsigned i = 0; i < digits; i++)
		yf_buf_char(&buf, (char)('0' + yf_random_below(10)));
	return yf_buf_str(&buf, out);
}
