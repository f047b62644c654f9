#pragma once

#include "base/arena.h"
#include "base/str.h"
#include "codec/json.h"
#include "face/pool.h"

/* What the verbs of `yufu face` share. */
struct yf_face_cli {
	struct yf_arena *arena;
	const char *words[4]; /* arguments that are no options */
	unsigned word_count;
	const char *engine;   /* --engine; NULL: ours */
	const char *model;    /* --model, or where it is found; NULL: its own */
	const char *models;   /* --models; NULL: where they are installed */
	const char *pictures; /* --pictures */
	long deadline_ms;     /* --deadline; 0: not given */
	const char *sidecar;  /* --sidecar; NULL: beside the model */
	const char *licence;  /* --licence; NULL: the one of the sidecar */
	bool json;            /* --json */
};

/* What to name when the engine cannot be opened. */
const char *yf_face_cli_engine(const struct yf_face_cli *cli);

YF_CHECKED yf_err yf_face_cli_pool(const struct yf_face_cli *cli,
				   unsigned workers, struct yf_face_pool **out);

/* Reads a picture; TOO_LARGE, NOT_FOUND, IO. */
YF_CHECKED yf_err yf_face_cli_load(struct yf_arena *arena, const char *path,
				   yf_bytes *out);

/* Prints an error of one file, with what to do next; exit code 2. */
int yf_face_cli_fail(const char *what, yf_err err);

/* The folder that a file is in, where an engine has its own files. */
YF_CHECKED yf_err yf_face_cli_folder(struct yf_arena *arena, const char *path,
				     yf_str *out);

int yf_face_cli_conform(const struct yf_face_cli *cli);
int yf_face_cli_pack(const struct yf_face_cli *cli);

/* Reads its own options; argv[0] is "bench".  `find_model` fills cli->model
 * where neither it nor an engine is named. */
int yf_face_cli_bench(int argc, char **argv,
		      yf_err (*find_model)(struct yf_face_cli *cli));
