#include "http/negotiate.h"

#include "base/civil.h"

/* "q=0.3" in thousandths; 1000 when there is none. */
static int weight(yf_str params)
{
	yf_str piece;
	int weight = 1000;

	while (yf_str_next(&params, ';', &piece)) {
		piece = yf_str_trim(piece);
		if (piece.len < 3 || (piece.ptr[0] | 32) != 'q' ||
		    piece.ptr[1] != '=')
			continue;
		weight = piece.ptr[2] == '1' ? 1000 : 0;
		for (size_t i = 4, unit = 100; i < piece.len && unit;
		     i++, unit /= 10)
			if (piece.ptr[i] >= '0' && piece.ptr[i] <= '9')
				weight += (piece.ptr[i] - '0') * (int)unit;
	}
	return weight;
}

int yf_weight_of(const struct yf_exchange *x, const char *header,
		 const char *name)
{
	yf_str rest = yf_exchange_header(x, header);
	yf_str piece;
	yf_str head;

	while (yf_str_next(&rest, ',', &piece)) {
		if (!yf_str_cut(&piece, ';', &head)) {
			head = piece;
			piece = YF_STR("");
		}
		if (yf_str_eq_nocase(yf_str_trim(head), yf_str_of(name)))
			return weight(piece);
	}
	return 0;
}

bool yf_client_has(const struct yf_exchange *x, yf_str etag, yf_str modified)
{
	yf_str rest = yf_exchange_header(x, "If-None-Match");
	yf_str piece;

	/* "A recipient MUST ignore If-Modified-Since if the request contains
	 * an If-None-Match header field". */
	if (!rest.ptr)
		return modified.len &&
		       yf_str_eq(yf_exchange_header(x, "If-Modified-Since"),
				 modified);
	while (yf_str_next(&rest, ',', &piece)) {
		piece = yf_str_trim(piece);
		if (yf_str_starts(piece, YF_STR("W/")))
			piece = yf_str_skip(piece, 2);
		if (yf_str_eq(piece, etag) || yf_str_is(piece, "*"))
			return true;
	}
	return false;
}

yf_err yf_http_date(struct yf_arena *arena, int64_t time_s, yf_str *out)
{
	static const char days[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 */
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const struct yf_civil date = yf_civil_of(time_s);
	const int64_t of_day = time_s % YF_DAY_S;

	return yf_str_format(arena, out,
			     "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
			     days + 3 * (size_t)(time_s / YF_DAY_S % 7),
			     date.day, months + 3 * (size_t)(date.month - 1),
			     date.year, (int)(of_day / 3600),
			     (int)(of_day / 60 % 60), (int)(of_day % 60));
}
