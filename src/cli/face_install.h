#pragma once

#include "base/str.h"

/* Installing a recognition model into a folder of models (face/shelf.h). */

/* models/catalogue.json: facts about models, none of their weights. */
struct yf_catalogue_item {
	yf_str name;    /* as it is installed */
	yf_str file;    /* as its publisher calls it */
	yf_str address; /* where people find it */
	yf_str sha256;  /* hexadecimal; empty: not known to us */
	yf_str sidecar; /* path of NAME.ini beside the catalogue */
};

enum { YF_CATALOGUE_MAX = 64 };

struct yf_catalogue {
	struct yf_catalogue_item items[YF_CATALOGUE_MAX];
	size_t count;
};

/* Of the files that come with the program.  NOT_FOUND, SYNTAX, MISSING,
 * TOO_LARGE, IO, MEMORY */
YF_CHECKED yf_err yf_catalogue_load(struct yf_arena *arena,
				    struct yf_catalogue *out);

struct yf_install_ask {
	const char *word; /* a name of the catalogue, or a file */
	const char *models;
	const char *name;    /* NULL: the catalogue's, or the file's */
	const char *sha256;  /* NULL: the catalogue's */
	const char *sidecar; /* NULL: the catalogue's, or beside the file */
	const char *licence; /* text of it; NULL: what the sidecar says */
	bool accepted;       /* --accept-licence */
	bool json;
};

/*
 * Finds the file (nothing is fetched), compares its SHA-256, shows licence
 * and provenance and asks, packs, and makes it current.  Says everything on
 * standard error; the exit code.  Interrupted at any point it leaves what was
 * there.
 */
int yf_face_install(const struct yf_install_ask *ask);
