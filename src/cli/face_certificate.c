#include "cli/face_certificate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/file.h"
#include "card/face_certificate.h"
#include "cli/args.h"
#include "cli/print.h"
#include "codec/hex.h"

enum {
	ARENA_LEN = 32 * 1024 * 1024,
	PEM_MAX = 256 * 1024,
	ROOT_DAYS = 3650,
	LEAF_DAYS = YF_FACE_CERTIFICATE_DAYS_MAX,
	BACKDATE_S = 300,
};

static int64_t now_s(void)
{
	const struct yf_clock clock = yf_clock_system();

	return yf_clock_now_s(&clock);
}

/* `bad` is the file that an error is about. */
struct task {
	struct yf_arena *arena;
	const char *bad;
};

static yf_err load(struct task *task, const char *path, size_t len_max,
		   yf_str *out)
{
	yf_bytes bytes;

	task->bad = path;
	YF_TRY(yf_file_load(task->arena, path, len_max, &bytes));
	*out = yf_str_trim(yf_str_from(bytes));
	return YF_OK;
}

static int end(const struct task *task, const char *what, yf_err err)
{
	return yf_failed(err) ? yf_cli_fail(what, err, yf_str_of(task->bad))
			      : YF_EXIT_OK;
}

/* --- yufu face certifier --- */

static yf_err save(struct task *task, const char *folder, const char *name,
		   yf_str text, unsigned mode)
{
	yf_str path;

	YF_TRY(yf_str_format(task->arena, &path, "%s/%s", folder, name));
	task->bad = path.ptr;
	YF_TRY(yf_file_save(path.ptr, yf_bytes_of(text), mode));
	return YF_OK;
}

static yf_err save_cert(struct task *task, const char *folder, const char *name,
			yf_bytes der)
{
	const struct yf_chain chain = { .certs = { der }, .count = 1 };
	yf_str pem;

	YF_TRY(yf_chain_to_pem(task->arena, &chain, &pem));
	return save(task, folder, name, pem, 0644);
}

static yf_err save_key(struct task *task, const char *folder, const char *name,
		       const struct yf_key *key)
{
	yf_str pem;

	YF_TRY(yf_key_save(key, task->arena, &pem));
	return save(task, folder, name, pem, 0600);
}

static yf_err make_certifier(struct task *task, const char *folder,
			     const char *name)
{
	struct yf_cert_ask ask = {
		.organization = yf_str_of(name),
		.san_uri = YF_STR(YF_FACE_CERTIFIER_OPERATOR),
		.not_before_s = now_s() - BACKDATE_S,
		.not_after_s = now_s() + ROOT_DAYS * (int64_t)YF_DAY_S,
		.ca = true,
	};
	YF_AUTO(key) root_key = NULL;
	YF_AUTO(key) key = NULL;
	yf_bytes root, leaf;
	yf_str path;

	task->bad = folder;
	YF_TRY(yf_str_format(task->arena, &path, "%s/certifier.pem", folder));
	if (yf_file_exists(path.ptr))
		return YF_FAIL(CONFLICT);
	YF_TRY(yf_file_folder(folder, 0700));
	YF_TRY(yf_key_new(&root_key));
	YF_TRY(yf_key_new(&key));
	ask.common_name = YF_STR("Face certifier root of the operator");
	YF_TRY(yf_cert_make_root(task->arena, root_key, &ask, &root));
	ask.common_name = YF_STR("Face certifier of the operator");
	ask.ca = false;
	ask.not_after_s = now_s() + LEAF_DAYS * (int64_t)YF_DAY_S;
	YF_TRY(yf_cert_issue(task->arena, root_key, root, &ask,
			     yf_key_public(key), &leaf));
	YF_TRY(save_key(task, folder, "root.key", root_key));
	YF_TRY(save_cert(task, folder, "root.pem", root));
	YF_TRY(save_key(task, folder, "certifier.key", key));
	/* Last: its presence says that the others are complete. */
	return save_cert(task, folder, "certifier.pem", leaf);
}

int yf_cli_face_certifier(int argc, char **argv)
{
	static const char usage[] =
		"usage: yufu face certifier DIR [--name TEXT] [--json]";
	const char *name = "Operator";
	bool json = false;
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "name", .value = &name },
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc - 1, argv + 1, options, usage, 1, 1, &words))
		return YF_EXIT_FAILED;
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct task task = { .arena = arena };
	const yf_err err = arena ? make_certifier(&task, words.at[0], name)
				 : YF_FAIL(MEMORY);
	if (yf_failed(err))
		return end(&task, "face certifier", err);
	fprintf(stderr,
		"Made %s: certifier.key and certifier.pem sign certificates,"
		" root.pem goes into\n[face] certifiers.  Whoever sees the"
		" figures is told that the operator measured\nitself.  Keep"
		" root.key away from the server.\n"
		"Next: yufu face certify REPORT.json --key %s/certifier.key"
		" --cert %s/certifier.pem\n",
		words.at[0], words.at[0], words.at[0]);
	if (!json)
		return YF_EXIT_OK;
	struct yf_json_out out = yf_json_out_new(arena, 256);
	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "dir", words.at[0]);
	yf_json_out_close(&out);
	return end(&task, "face certifier", yf_print_json(&out));
}

/* --- yufu face certify --- */

struct certify {
	const char *report, *key, *cert, *days, *out, *by;
	bool json;
};

static yf_err open_signer(struct task *task, const struct certify *ask,
			  struct yf_keyring **ring, struct yf_signer *out)
{
	YF_AUTO(key) key = NULL;
	struct yf_chain chain;
	yf_str pem;

	YF_TRY(load(task, ask->key, PEM_MAX, &pem));
	YF_TRY(yf_key_load(pem, &key));
	YF_TRY(load(task, ask->cert, PEM_MAX, &pem));
	YF_TRY(yf_chain_from_pem(task->arena, pem, &chain));
	YF_TRY(yf_keyring_new(ring));
	YF_TRY(yf_keyring_add(*ring, YF_STR("certifier"), key, &chain));
	key = NULL; /* the ring's now */
	return yf_keyring_find(*ring, YF_STR("certifier"), out);
}

/* Who measured: what is said, or what the certificate says of its owner. */
static yf_err name_of(struct task *task, const struct yf_signer *signer,
		      const char *by, yf_str *out)
{
	struct yf_chain chain;
	struct yf_cert leaf;

	*out = yf_str_of(by);
	if (by)
		return YF_OK;
	YF_TRY(yf_signer_chain(signer, &chain));
	YF_TRY(yf_cert_parse(task->arena, chain.certs[0], &leaf));
	*out = leaf.organization.len ? leaf.organization : leaf.common_name;
	return YF_OK;
}

static yf_err certify(struct task *task, const struct certify *ask, yf_str *out)
{
	struct yf_face_report report;
	struct yf_face_certificate_ask make = {
		.report = &report,
		.made_s = now_s(),
		.days = YF_FACE_CERTIFICATE_DAYS,
	};
	YF_AUTO(keyring) ring = NULL;
	struct yf_signer signer;
	yf_str text;

	YF_TRY(load(task, ask->report, YF_REPORT_LEN_MAX, &text));
	YF_TRY(yf_face_report_decode(task->arena, text, &report));
	YF_TRY(open_signer(task, ask, &ring, &signer));
	task->bad = "--days";
	if (ask->days && !yf_str_to_int(yf_str_of(ask->days), &make.days))
		return YF_FAIL(SYNTAX);
	task->bad = ask->report;
	if (!report.data.len) {
		task->bad = "the report does not say what was measured: run"
			    " the bench with --data TEXT";
		return YF_FAIL(MISSING);
	}
	YF_TRY(name_of(task, &signer, ask->by, &make.by));
	YF_TRY(yf_face_certificate_make(task->arena, &signer, &make, out));
	if (report.group_count < 2)
		fprintf(stderr, "yufu: the report has no groups to compare: a"
				" deployment will not take it, measure with"
				" --groups\n");
	return YF_OK;
}

static yf_err deliver(struct task *task, const struct certify *ask, yf_str text)
{
	struct yf_json_out json = yf_json_out_new(task->arena, 1024);
	yf_str line;

	YF_TRY(yf_str_format(task->arena, &line, "%.*s\n", YF_ARG(text)));
	task->bad = ask->out;
	if (ask->out)
		YF_TRY(yf_file_save(ask->out, yf_bytes_of(line), 0644));
	if (!ask->json) {
		if (!ask->out)
			printf("%.*s", YF_ARG(line));
		else
			fprintf(stderr, "Wrote %s.\n", ask->out);
		return YF_OK;
	}
	yf_json_out_object(&json, NULL);
	if (ask->out)
		yf_json_out_text(&json, "file", ask->out);
	yf_json_out_str(&json, "certificate", text);
	yf_json_out_close(&json);
	return yf_print_json(&json);
}

int yf_cli_face_certify(int argc, char **argv)
{
	static const char usage[] =
		"usage: yufu face certify REPORT.json --key KEY.pem --cert"
		" CERT.pem\n"
		"       [--days N] [--by TEXT] [--out FILE] [--json]";
	struct certify ask = { .report = NULL };
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "key", .value = &ask.key },
		{ .name = "cert", .value = &ask.cert },
		{ .name = "days", .value = &ask.days },
		{ .name = "by", .value = &ask.by },
		{ .name = "out", .value = &ask.out },
		{ .name = "json", .flag = &ask.json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc - 1, argv + 1, options, usage, 1, 1, &words))
		return YF_EXIT_FAILED;
	if (!ask.key || !ask.cert) {
		fprintf(stderr,
			"yufu: --key and --cert are missing; `yufu face"
			" certifier DIR` makes both\n%s\n",
			usage);
		return YF_EXIT_FAILED;
	}
	ask.report = words.at[0];
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct task task = { .arena = arena };
	yf_str text;
	yf_err err = arena ? certify(&task, &ask, &text) : YF_FAIL(MEMORY);
	if (!yf_failed(err))
		err = deliver(&task, &ask, text);
	return end(&task, "face certify", err);
}

/* --- yufu face certificate --- */

static void print_rate(const char *name, const struct yf_rate *rate)
{
	if (rate->known)
		printf("%s %.3g", name, rate->value);
	else
		printf("%s at most %.3g", name, rate->at_most);
	if (rate->has_interval)
		printf(" (%.3g to %.3g)", rate->low, rate->high);
}

static const struct yf_rate *worst_of(const struct yf_report_limit *limit,
				      size_t count, size_t *at)
{
	const struct yf_rate *worst = NULL;
	double most = -1;

	for (size_t i = 0; i < count; i++) {
		const struct yf_rate *rate = &limit->group_fmr[i];
		const double value = rate->known ? rate->value : rate->at_most;

		if (value <= most)
			continue;
		most = value;
		worst = rate;
		*at = i;
	}
	return worst;
}

static void print_limits(const struct yf_face_report *report)
{
	for (size_t i = 0; i < report->limit_count; i++) {
		const struct yf_report_limit *limit = &report->limits[i];
		size_t at = 0;
		const struct yf_rate *worst =
			worst_of(limit, report->group_count, &at);

		printf("  from score %.6g: ", limit->score);
		print_rate("false matches", &limit->fmr);
		print_rate(", false non-matches", &limit->fnmr);
		if (worst) {
			print_rate(", worst group", worst);
			printf(" [%.*s]", YF_ARG(report->groups[at].name));
		}
		printf("\n");
	}
	if (report->group_count < 2)
		printf("  no groups were compared: a deployment does not take"
		       " it\n");
}

static yf_err date_of(struct yf_arena *arena, int64_t at_s, yf_str *out)
{
	return yf_civil_format(arena, yf_civil_of(at_s), out);
}

static yf_err print_words(struct yf_arena *arena,
			  const struct yf_face_certificate *certificate,
			  yf_err verdict)
{
	const struct yf_face_report *report = &certificate->report;
	yf_str made, expires, measured, hash;

	YF_TRY(date_of(arena, certificate->made_s, &made));
	YF_TRY(date_of(arena, certificate->expires_s, &expires));
	YF_TRY(date_of(arena, report->measured_s, &measured));
	YF_TRY(yf_hex_encode(
		arena, (yf_bytes){ report->model_hash, YF_REPORT_HASH_LEN },
		&hash));
	if (yf_failed(verdict))
		printf("not to be believed: %s; %s\n", yf_err_text(verdict),
		       yf_err_advice(verdict));
	else
		printf("believed: signed by %.*s\n",
		       YF_ARG(certificate->signer));
	if (certificate->by_operator)
		printf("measured by the operator itself\n");
	printf("engine %.*s, version %.*s\nmodel %.*s\n",
	       YF_ARG(report->engine), YF_ARG(report->version), YF_ARG(hash));
	printf("measured by %.*s on %.*s with %.*s\n", YF_ARG(certificate->by),
	       YF_ARG(measured), YF_ARG(report->software));
	printf("data: %.*s\n", YF_ARG(report->data));
	printf("%u people, %u pictures, %llu genuine and %llu impostor pairs,"
	       " %zu groups\n",
	       report->people, report->pictures,
	       (unsigned long long)report->genuine,
	       (unsigned long long)report->impostors, report->group_count);
	print_limits(report);
	printf("made %.*s, counts until %.*s\n", YF_ARG(made), YF_ARG(expires));
	return YF_OK;
}

static yf_err print_object(struct yf_arena *arena,
			   const struct yf_face_certificate *certificate,
			   yf_err verdict)
{
	struct yf_json_out out = yf_json_out_new(arena, 16384);
	yf_str report;

	YF_TRY(yf_face_report_encode(&certificate->report, arena, &report));
	yf_json_out_object(&out, NULL);
	yf_json_out_bool(&out, "believed", !yf_failed(verdict));
	if (yf_failed(verdict)) {
		yf_json_out_text(&out, "reason", yf_err_name(verdict));
		yf_json_out_text(&out, "advice", yf_err_advice(verdict));
	}
	yf_json_out_str(&out, "by", certificate->by);
	yf_json_out_bool(&out, "by_operator", certificate->by_operator);
	yf_json_out_str(&out, "signer", certificate->signer);
	yf_json_out_int(&out, "iat", certificate->made_s);
	yf_json_out_int(&out, "exp", certificate->expires_s);
	yf_json_out_raw(&out, "report", report);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static yf_err read_certificate(struct task *task, const char *file,
			       const char *roots,
			       struct yf_face_certificate *out, yf_err *verdict)
{
	YF_AUTO(trust) trust = NULL;
	yf_str text, pem;

	YF_TRY(yf_trust_new(&trust));
	if (roots) {
		YF_TRY(load(task, roots, PEM_MAX, &pem));
		YF_TRY(yf_trust_add_pem(trust, pem));
	}
	YF_TRY(load(task, file, YF_FACE_CERTIFICATE_LEN_MAX, &text));
	*verdict = yf_face_certificate_verify(task->arena, text, trust, now_s(),
					      out);
	/* These two still let it be shown. */
	return verdict->code == YF_CODE_FACE_CHAIN ||
			       verdict->code == YF_CODE_FACE_EXPIRED
		       ? YF_OK
		       : *verdict;
}

int yf_cli_face_certificate(int argc, char **argv)
{
	static const char usage[] =
		"usage: yufu face certificate FILE [--trust PEM] [--json]";
	const char *roots = NULL;
	bool json = false;
	struct yf_words words;
	const struct yf_option options[] = {
		{ .name = "trust", .value = &roots },
		{ .name = "json", .flag = &json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc - 1, argv + 1, options, usage, 1, 1, &words))
		return YF_EXIT_FAILED;
	YF_AUTO(arena) arena = yf_arena_new(ARENA_LEN);
	struct task task = { .arena = arena };
	struct yf_face_certificate certificate;
	yf_err verdict = YF_OK;
	yf_err err = arena ? read_certificate(&task, words.at[0], roots,
					      &certificate, &verdict)
			   : YF_FAIL(MEMORY);
	if (!yf_failed(err))
		err = json ? print_object(arena, &certificate, verdict)
			   : print_words(arena, &certificate, verdict);
	if (yf_failed(err))
		return end(&task, "face certificate", err);
	return yf_failed(verdict) ? YF_EXIT_REFUSED : YF_EXIT_OK;
}
