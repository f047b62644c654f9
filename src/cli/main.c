#include "cli/args.h"
#include "cli/verbs.h"

#include <stdio.h>
#include <string.h>

#include "base/version.h"

static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help; /* NULL: not for people */
} verbs[] = {
	{ "demo", yf_cli_demo, "start the demo city" },
	{ "init", yf_cli_init, "make a deployment" },
	{ "serve", yf_cli_serve, "run it" },
	{ "person", yf_cli_person, "add people to the register" },
	{ "rp", yf_cli_rp, "register a relying party" },
	{ "key", yf_cli_key, "list and rotate the signing keys" },
	{ "offer", yf_cli_offer, "offer a card to a person" },
	{ "status", yf_cli_status, "suspend or revoke a card" },
	{ "approve", yf_cli_approve,
	  "approve or refuse a card that waits for you" },
	{ "verify", yf_cli_verify, "check a credential offline" },
	{ "wallet", yf_cli_wallet, "a wallet without a screen" },
	{ "face", yf_cli_face, "the face engine on the command line" },
	{ "face-worker", yf_cli_face_worker, NULL },
	{ "bench", yf_cli_bench, "figures beside their limits" },
};

static void help(FILE *out)
{
	fprintf(out, "usage: yufu VERB ...\n\n");
	for (size_t i = 0; i < YF_COUNT(verbs); i++)
		if (verbs[i].help)
			fprintf(out, "  %-8s %s\n", verbs[i].name,
				verbs[i].help);
	fprintf(out, "\nyufu VERB --help, or yufu(1), says more.\n");
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		help(stderr);
		return YF_EXIT_FAILED;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		help(stdout);
		return YF_EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("yufu " YF_VERSION);
		return YF_EXIT_OK;
	}
	for (size_t i = 0; i < YF_COUNT(verbs); i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 2, argv + 2);
	fprintf(stderr, "yufu: no such verb: %s\n\n", argv[1]);
	help(stderr);
	return YF_EXIT_FAILED;
}
