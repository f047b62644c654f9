#pragma once

#include "base/str.h"

/*
 * The folder of installed recognition models: NAME.model, a packed plan each,
 * and `current`, a line with the name of the one that is used.  Without
 * `current` the network that comes with yufu is used; so does the name
 * YF_FACE_MODEL_REFERENCE.
 *
 * Everything is written as one step: who is interrupted leaves what was there.
 */
#define YF_FACE_MODEL_REFERENCE "reference"

enum { YF_FACE_MODEL_NAME_MAX = 64, YF_FACE_MODELS_MAX = 256 };

/* 1 to 64 of [A-Za-z0-9._-], the first a letter or digit; not "current". */
bool yf_face_model_is_name(yf_str name);

/* folder/NAME.model, which need not be there.  RANGE no name; MEMORY */
YF_CHECKED yf_err yf_face_model_path(struct yf_arena *arena, const char *folder,
				     yf_str name, yf_str *out);

/*
 * Which file a command takes.
 *
 * folder  may be NULL or not there: then nothing is installed
 * wanted  the name of an installed model, or a file (with a '/' in it, or one
 *         that is there); NULL: the current one
 * path    of the file; empty: the network that comes with yufu
 * name    of the model; of a file its path; empty for the network of yufu
 *
 * NOT_FOUND  no such model and no such file; or the current one is gone
 * IO, MEMORY
 */
YF_CHECKED yf_err yf_face_model_find(struct yf_arena *arena, const char *folder,
				     const char *wanted, yf_str *path,
				     yf_str *name);

struct yf_face_model_item {
	yf_str name;
	yf_str path;
	bool current;
};

/* By name; none when there is no folder.  TOO_LARGE over YF_FACE_MODELS_MAX;
 * IO, MEMORY */
YF_CHECKED yf_err yf_face_model_list(struct yf_arena *arena, const char *folder,
				     const struct yf_face_model_item **out,
				     size_t *count);

/* Makes it current; YF_FACE_MODEL_REFERENCE goes back to the own network.
 * NOT_FOUND, RANGE, IO, MEMORY */
YF_CHECKED yf_err yf_face_model_use(struct yf_arena *arena, const char *folder,
				    yf_str name);

/* CONFLICT  it is the current one: use another first
 * NOT_FOUND, RANGE, IO, MEMORY */
YF_CHECKED yf_err yf_face_model_remove(struct yf_arena *arena,
				       const char *folder, yf_str name);
