#include "cli/args.h"
#include "cli/print.h"
#include "cli/verbs.h"

#include "base/file.h"
#include "base/share.h"
#include "card/erase.h"
#include "face/pool.h"
#include "face/quality.h"
#include "register/import.h"
#include "register/register.h"
#include "server/home.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
	"usage: yufu person add DIR FILE.json [--portrait FILE.jpg] [--json]\n"
	"       yufu person import DIR FILE.csv [--portraits FOLDER] [--json]\n"
	"       yufu person erase DIR NUMBER [--json]";

/* The options, and whether rows were refused. */
struct person_ask {
	const char *portrait;
	const char *portraits;
	bool json;
	bool refused;
};

enum { JSON_MAX = 64 * 1024, FACE_DEADLINE_MS = 5000 };

/* --- the portrait --- */

static yf_err open_pool(struct yf_home *home, struct yf_face_pool **out)
{
	struct yf_face_pool_config config = { .workers = 1,
					      .deadline_ms = FACE_DEADLINE_MS };
	yf_str model;
	yf_str program;

	home->problem = YF_STR("the face model beside the program");
	YF_TRY(yf_share_find(home->arena, "face.model", &model));
	YF_TRY(yf_share_program(home->arena, &program));
	config.model_path = model.ptr;
	config.program = program.ptr;
	YF_TRY(yf_face_pool_open(&config, out));
	home->problem = (yf_str){ NULL, 0 };
	return YF_OK;
}

static void warn_of_portrait(const char *where,
			     const struct yf_face_sight *sight)
{
	const uint32_t mend = yf_quality_portrait(&sight->quality);

	if (sight->answer != YF_FACE_USABLE)
		fprintf(stderr,
			"yufu: warning: %sno single clear face in the"
			" portrait; this person cannot use the face scan and"
			" goes to a service point\n",
			where);
	for (uint32_t i = 0; i < YF_FACE_DEFECTS; i++)
		if (mend & 1u << i)
			fprintf(stderr,
				"yufu: warning: %sthe portrait could be better"
				" (%s): %s\n",
				where, yf_face_defect_name(1u << i),
				yf_quality_advice(1u << i));
}

/*
 * A picture that is no JPEG is refused.  One without a usable face is taken
 * with a warning: the person is in the register all the same and goes to a
 * service point.
 */
static yf_err check_portrait(struct yf_home *home, yf_bytes jpeg)
{
	YF_AUTO(face_pool) pool = NULL;
	struct yf_face_sight sight;

	YF_TRY(open_pool(home, &pool));
	YF_TRY(yf_face_pool_quality(pool, jpeg, &sight));
	warn_of_portrait("", &sight);
	return YF_OK;
}

/* --- add --- */

static void warn_of_contradictions(const struct yf_env *env,
				   const struct yf_person *person)
{
	const struct yf_id_number_hint hint = yf_id_number_hint(
		env->settings.number_rule.ptr, &person->number);

	if (hint.has_birth_date && hint.year != person->birth_date.year)
		fprintf(stderr, "yufu: warning: the number tells another year"
				" of birth\n");
	if (hint.has_sex && person->sex && hint.sex != person->sex)
		fprintf(stderr,
			"yufu: warning: the number tells another sex\n");
}

static yf_err print_added(struct yf_arena *arena,
			  const struct yf_person_ref *ref, bool json)
{
	struct yf_json_out out = yf_json_out_new(arena, 256);

	fprintf(stderr, "Added.\n");
	if (!json)
		return YF_OK;
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "id", ref->id);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static yf_err add(struct yf_home *home, const char *file,
		  struct person_ask *ask)
{
	struct yf_person person;
	struct yf_person_ref ref;
	yf_bytes text;
	yf_bytes jpeg = { NULL, 0 };

	home->problem = yf_str_of(file);
	YF_TRY(yf_file_load(home->arena, file, JSON_MAX, &text));
	YF_TRY(yf_person_decode(home->arena, home->env.settings.number_rule.ptr,
				yf_str_from(text), &person));
	if (ask->portrait) {
		home->problem = yf_str_of(ask->portrait);
		YF_TRY(yf_file_load(home->arena, ask->portrait,
				    YF_PORTRAIT_LEN_MAX, &jpeg));
		YF_TRY(check_portrait(home, jpeg));
	}
	warn_of_contradictions(&home->env, &person);
	YF_TRY(yf_register_add(&home->env, home->arena, &person, jpeg,
			       YF_STR("operator"), &ref));
	return print_added(home->arena, &ref, ask->json);
}

/* --- import --- */

static void show_progress(void *ctx, const struct yf_import_counts *counts)
{
	const bool *terminal = ctx;

	fprintf(stderr, "%s%lld added, %lld there already, %lld refused%s",
		*terminal ? "\r" : "", (long long)counts->added,
		(long long)counts->there, (long long)counts->refused,
		*terminal ? "" : "\n");
}

/* Only what keeps somebody from the face scan: a register is long. */
static void show_judgement(void *ctx, size_t line, yf_str number,
			   const struct yf_face_sight *sight)
{
	char where[96];

	(void)ctx;
	if (sight->answer == YF_FACE_USABLE && !sight->quality.warnings)
		return;
	snprintf(where, sizeof(where), "line %zu, %.*s: ", line,
		 YF_ARG(number));
	warn_of_portrait(where, sight);
}

static void show_refusal(void *ctx, size_t line, yf_str number, yf_err err)
{
	const bool *terminal = ctx;

	fprintf(stderr, "%sline %zu%s%.*s: %s: %s\n", *terminal ? "\r" : "",
		line, number.len ? ", number " : "", YF_ARG(number),
		yf_err_text(err), yf_err_advice(err));
}

static yf_err print_counts(struct yf_arena *arena,
			   const struct yf_import_counts *counts)
{
	struct yf_json_out out = yf_json_out_new(arena, 256);

	yf_json_out_object(&out, NULL);
	yf_json_out_int(&out, "added", counts->added);
	yf_json_out_int(&out, "already_there", counts->there);
	yf_json_out_int(&out, "refused", counts->refused);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static yf_err import(struct yf_home *home, const char *file,
		     struct person_ask *ask)
{
	YF_AUTO(face_pool) pool = NULL;
	bool terminal = isatty(STDERR_FILENO) != 0;
	const struct yf_import_ask import_ask = {
		.path = file,
		.portraits = ask->portraits,
		.progress = show_progress,
		.refused = show_refusal,
		.judged = show_judgement,
		.ctx = &terminal,
	};
	struct yf_import_counts counts;

	if (ask->portraits)
		YF_TRY(open_pool(home, &pool));
	home->env.face = pool;
	home->problem = yf_str_of(file);
	YF_TRY(yf_import(&home->env, &import_ask, &counts));
	if (terminal)
		fputc('\n', stderr);
	ask->refused = counts.refused > 0;
	return ask->json ? print_counts(home->arena, &counts) : YF_OK;
}

/* --- erase --- */

static yf_err erase(struct yf_home *home, const char *text,
		    struct person_ask *ask)
{
	const struct yf_env *env = &home->env;
	struct yf_json_out out = yf_json_out_new(home->arena, 256);
	struct yf_person_ref ref;
	yf_id_number number;

	YF_TRY(yf_id_number_parse(env->settings.number_rule.ptr,
				  yf_str_of(text), &number));
	YF_TRY(yf_register_find(env, home->arena, &number, &ref));
	YF_TRY(yf_card_erase(env, &ref, YF_STR("operator")));
	fprintf(stderr, "Erased; the cards are revoked.  Backups made before"
			" still hold the person.\n");
	if (!ask->json)
		return YF_OK;
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "id", ref.id);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static const struct {
	const char *name;
	yf_err (*run)(struct yf_home *home, const char *what,
		      struct person_ask *ask);
} actions[] = {
	{ "add", add },
	{ "import", import },
	{ "erase", erase },
};

int yf_cli_person(int argc, char **argv)
{
	struct person_ask ask = { 0 };
	struct yf_words words;
	size_t action = 0;
	const struct yf_option options[] = {
		{ .name = "portrait", .value = &ask.portrait },
		{ .name = "portraits", .value = &ask.portraits },
		{ .name = "json", .flag = &ask.json },
		{ .name = NULL },
	};

	if (!yf_args_parse(argc, argv, options, usage, 3, 3, &words))
		return YF_EXIT_FAILED;
	while (action < YF_COUNT(actions) &&
	       strcmp(words.at[0], actions[action].name) != 0)
		action++;
	if (action == YF_COUNT(actions)) {
		fprintf(stderr, "%s\n", usage);
		return YF_EXIT_FAILED;
	}
	YF_AUTO(home) home = NULL;
	yf_err err = yf_home_open(words.at[1], false, &home);
	if (!yf_failed(err))
		err = actions[action].run(home, words.at[2], &ask);
	if (yf_failed(err))
		return yf_cli_fail("person", err,
				   home ? home->problem : (yf_str){ NULL, 0 });
	return ask.refused ? YF_EXIT_REFUSED : YF_EXIT_OK;
}
