#include "cli/qr.h"

#include <qrencode.h>

enum { QUIET = 2 };

static void free_code(QRcode **code)
{
	QRcode_free(*code);
}

static bool is_dark(const QRcode *code, int x, int y)
{
	if (x < 0 || y < 0 || x >= code->width || y >= code->width)
		return false;
	return code->data[y * code->width + x] & 1;
}

yf_err yf_qr_print(struct yf_arena *arena, yf_str text, FILE *out)
{
	const char *copy;

	YF_TRY(yf_str_to_c(arena, text, &copy));
	__attribute__((cleanup(free_code))) QRcode *code =
		QRcode_encodeString(copy, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
	if (!code)
		return YF_FAIL(TOO_LARGE);
	/* Two rows a line; light modules are drawn, so that it reads on a
	 * dark terminal. */
	for (int y = -QUIET; y < code->width + QUIET; y += 2) {
		for (int x = -QUIET; x < code->width + QUIET; x++) {
			const bool upper = !is_dark(code, x, y);
			const bool lower = !is_dark(code, x, y + 1);
			fputs(upper && lower ? "\u2588"
			      : upper        ? "\u2580"
			      : lower        ? "\u2584"
					     : " ",
			      out);
		}
		fputc('\n', out);
	}
	return fflush(out) ? YF_FAIL(IO) : YF_OK;
}
