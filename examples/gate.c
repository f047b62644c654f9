/* A gate: a QR code's text in, "open" or "shut" with the reason out.
 *	cc gate.c $(pkg-config --cflags --libs yufu) -o gate
 *	scanner | ./gate root.pem bundle.cbor */
#include <stdio.h>
#include <yufu/verify.h>

static char bytes[YUFU_BUNDLE_LEN_MAX];

static size_t load(FILE *file)
{
	return file ? fread(bytes, 1, sizeof(bytes), file) : 0;
}

int main(int argc, char **argv)
{
	struct yufu_verifier *verifier;
	struct yufu_result *result;
	int error =
		argc == 3 ? yufu_verifier_new(&verifier) : YUFU_BAD_ARGUMENT;
	if (!error)
		error = yufu_verifier_trust(verifier, bytes,
					    load(fopen(argv[1], "rb")), 0);
	if (!error)
		error = yufu_verifier_bundle(verifier, bytes,
					     load(fopen(argv[2], "rb")), 0);
	if (!error)
		error = yufu_verify_tally(verifier, bytes, load(stdin), NULL,
					  &result);
	if (error)
		return fprintf(stderr, "%s\n", yufu_error_text(error)), 2;
	const enum yufu_verdict verdict = yufu_result_verdict(result);
	const char *advice = yufu_result_text(result, "advice");
	puts(verdict == YUFU_ACCEPTED ? "open" : "shut");
	puts(advice ? advice : yufu_result_text(result, "claims"));
	yufu_result_free(result);
	yufu_verifier_free(verifier);
	return (int)verdict;
}
