#include "codec/uuid.h"

#include "base/random.h"

yf_uuid yf_uuid_new(int64_t now_s)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t raw[16];
	yf_uuid uuid;

	/* RFC 9562 5.7: 48 bits of milliseconds, then random bits.  Our clock
	 * gives seconds; the random milliseconds keep ids of one second from
	 * telling their order. */
	yf_random_fill(raw, sizeof(raw));
	const uint64_t ms = (uint64_t)now_s * 1000 +
			    ((unsigned)raw[6] << 8 | raw[7]) % 1000;
	for (int i = 0; i < 6; i++)
		raw[i] = (uint8_t)(ms >> (40 - 8 * i));
	yf_random_fill(raw + 6, 2);
	raw[6] = (uint8_t)((raw[6] & 0x0f) | 0x70);
	raw[8] = (uint8_t)((raw[8] & 0x3f) | 0x80);

	char *to = uuid.text;
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		*to++ = digits[raw[i] >> 4];
		*to++ = digits[raw[i] & 15];
	}
	*to = '\0';
	return uuid;
}

bool yf_uuid_is(yf_str text)
{
	if (text.len != YF_UUID_TEXT_LEN)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		const char c = text.ptr[i];
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (c != '-')
				return false;
		} else if (!((c >= '0' && c <= '9') ||
			     (c >= 'a' && c <= 'f'))) {
			return false;
		}
	}
	return true;
}
