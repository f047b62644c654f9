#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <yufu/verify.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void expect(bool held)
{
	if (!held)
		abort();
}

/* The generator point of P-256: nobody signs with its private key, 1, but
 * the fuzzer does not either. */
static const char key[] =
	"{\"kty\":\"EC\",\"crv\":\"P-256\","
	"\"x\":\"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY\","
	"\"y\":\"T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU\"}";

/* Nothing is accepted, and every answer explains itself. */
static void look(int error, struct yufu_result *result)
{
	expect(error == YUFU_OK);
	expect(yufu_result_verdict(result) != YUFU_ACCEPTED);
	expect(yufu_result_text(result, "reason") != NULL);
	expect(yufu_result_text(result, "advice") != NULL);
	expect(yufu_result_text(result, "claims") == NULL);
	expect(yufu_result_text(result, "steps.0.step") != NULL);
	expect(yufu_result_text(result, NULL) != NULL);
	yufu_result_free(result);
}

/* The first byte chooses the door, the rest goes in. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct yufu_ask bound = { .size = sizeof(bound),
					.now_s = 1800000000,
					.nonce = "n",
					.audience = "a" };
	const struct yufu_ask loose = { .size = sizeof(loose),
					.now_s = 1800000000 };
	struct yufu_verifier *verifier = NULL;
	struct yufu_result *result = NULL;

	if (!len)
		return 0;
	expect(!yufu_verifier_new(&verifier));
	expect(!yufu_verifier_trust(verifier, key, strlen(key), 1));
	const uint8_t *in = data + 1;
	const size_t in_len = len - 1;
	switch (data[0] % 6) {
	case 0:
		look(yufu_verify_presentation(verifier, in, in_len, &bound,
					      &result),
		     result);
		break;
	case 1:
		look(yufu_verify_presentation(verifier, in, in_len, &loose,
					      &result),
		     result);
		break;
	case 2:
		look(yufu_verify_tally(verifier, in, in_len, &loose, &result),
		     result);
		break;
	case 3:
		(void)yufu_verifier_trust(verifier, in, in_len, 1800000000);
		break;
	case 4:
		expect(yufu_verifier_bundle(verifier, in, in_len, 1800000000));
		break;
	default:
		if (!yufu_verifier_status(verifier, in, in_len))
			look(yufu_verify_status(verifier, NULL, -1, &loose,
						&result),
			     result);
		break;
	}
	yufu_verifier_free(verifier);
	return 0;
}
