#include "cli/face_parts.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/share.h"
#include "cli/print.h"
#include "demo/sitter.h"
#include "face/conform.h"
#include "face/pool.h"

enum { DEADLINE_MS = 3000 };

struct shelf {
	yf_bytes jpegs[YF_CONFORM_JPEGS_MAX];
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The first eight *.jpg of a folder, in the order of their names. */
static yf_err load_folder(const struct yf_face_cli *cli, struct shelf *out)
{
	enum { NAMES_MAX = 4096 };
	char **names = YF_NEW(cli->arena, char *, NAMES_MAX);
	size_t count = 0;
	DIR *folder = opendir(cli->pictures);

	if (!folder)
		return YF_FAIL(NOT_FOUND);
	for (struct dirent *entry; names && (entry = readdir(folder));) {
		yf_str copy;

		if (count < NAMES_MAX &&
		    yf_str_ends(yf_str_of(entry->d_name), YF_STR(".jpg")) &&
		    !yf_failed(yf_str_format(cli->arena, &copy, "%s/%s",
					     cli->pictures, entry->d_name)))
			names[count++] = (char *)(uintptr_t)copy.ptr;
	}
	closedir(folder);
	if (!names)
		return YF_FAIL(MEMORY);
	qsort(names, count, sizeof(*names), by_name);
	for (size_t i = 0; i < count && out->count < YF_CONFORM_JPEGS_MAX; i++)
		YF_TRY(yf_face_cli_load(cli->arena, names[i],
					&out->jpegs[out->count++]));
	return out->count ? YF_OK : YF_FAIL(MISSING);
}

/* The demo's people, when they are installed; it is no error when not. */
static void load_sitters(const struct yf_face_cli *cli, struct shelf *out)
{
	yf_str folder;
	size_t count;
	const struct yf_sitter *sitters = yf_sitters(&count);

	if (yf_failed(yf_share_find(cli->arena, "demo", &folder)))
		return;
	for (size_t i = 0; i < count && out->count < 3; i++)
		if (!yf_failed(yf_sitter_load(cli->arena, &sitters[i],
					      folder.ptr,
					      &out->jpegs[out->count])))
			out->count++;
}

static const char *mark_of(yf_conform_state state)
{
	static const char *const marks[] = {
		[YF_CONFORM_FAIL] = "FAIL",
		[YF_CONFORM_PASS] = "ok  ",
		[YF_CONFORM_SKIP] = "skip",
	};

	return marks[state];
}

static void print_rows(const struct yf_conform_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		printf("%s  %-18s  %s\n", mark_of(rows[i].state), rows[i].name,
		       rows[i].means);
		if (rows[i].why[0])
			printf("      %s\n", rows[i].why);
	}
}

static yf_err write_rows(const struct yf_face_cli *cli,
			 const struct yf_conform_row *rows, size_t count)
{
	struct yf_json_out out = yf_json_out_new(cli->arena, 4096);

	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "engine",
			 cli->word_count ? cli->words[0] : "built in");
	yf_json_out_bool(&out, "passed", yf_conform_passed(rows, count));
	yf_json_out_array(&out, "checks");
	for (size_t i = 0; i < count; i++) {
		yf_json_out_object(&out, NULL);
		yf_json_out_text(&out, "name", rows[i].name);
		yf_json_out_text(&out, "means", rows[i].means);
		yf_json_out_text(&out, "state",
				 yf_conform_state_name(rows[i].state));
		yf_json_out_text(&out, "why", rows[i].why);
		yf_json_out_close(&out);
	}
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

/* A vendor's files lie beside the engine, ours where face.model is. */
static yf_err find_files(const struct yf_face_cli *cli,
			 struct yf_conform_config *out)
{
	yf_str found = { out->engine_path, 0 }, folder;

	if (!out->engine_path)
		YF_TRY(yf_share_find(cli->arena, "face.model", &found));
	if (!out->engine_path && !out->model_path)
		out->model_path = found.ptr;
	YF_TRY(yf_face_cli_folder(cli->arena, found.ptr, &folder));
	out->folder = folder.ptr;
	return YF_OK;
}

static yf_err load_pictures(const struct yf_face_cli *cli, struct shelf *out)
{
	if (cli->pictures)
		return load_folder(cli, out);
	load_sitters(cli, out);
	return YF_OK;
}

int yf_face_cli_conform(const struct yf_face_cli *cli)
{
	struct yf_conform_row rows[YF_CONFORM_ROWS_MAX];
	struct shelf shelf = { .count = 0 };
	struct yf_conform_config config = {
		.engine_path = cli->word_count ? cli->words[0] : NULL,
		.model_path = cli->model,
		.deadline_ms =
			cli->deadline_ms ? cli->deadline_ms : DEADLINE_MS,
		.memory_len_max = YF_FACE_MEMORY_LEN,
	};
	size_t count;

	yf_err err = find_files(cli, &config);
	if (yf_failed(err))
		return yf_face_cli_fail("face.model", err);
	err = load_pictures(cli, &shelf);
	if (yf_failed(err))
		return yf_face_cli_fail(cli->pictures, err);
	config.jpegs = shelf.jpegs;
	config.jpeg_count = shelf.count;
	err = yf_conform_run(&config, rows, &count);
	if (yf_failed(err))
		return yf_face_cli_fail("conform", err);
	if (cli->json)
		err = write_rows(cli, rows, count);
	else
		print_rows(rows, count);
	if (yf_failed(err))
		return yf_face_cli_fail("standard output", err);
	return yf_conform_passed(rows, count) ? 0 : 1;
}
