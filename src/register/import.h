#pragma once

#include "face/sight.h"
#include "register/register.h"

/*
 * Import of a register from CSV.  The first record names the columns, by the
 * members of person.h; place of birth is place_of_birth_country, _region,
 * _locality; several nationalities are separated by spaces; attributes is a
 * JSON object.  A portrait is
 * FOLDER/<personal_administrative_number>.jpg, or FOLDER/<portrait> when there
 * is such a column.
 *
 * Each row is a transaction: an import that was interrupted is run again, and
 * what is there already is counted and left alone.
 */
struct yf_import_counts {
	int64_t added, there, refused;
};

struct yf_import_ask {
	const char *path;
	const char *portraits; /* folder, or NULL */
	/* Called every few hundred rows and at the end, also of a failure. */
	void (*progress)(void *ctx, const struct yf_import_counts *counts);
	/* Each refused row with its line and, when known, number. */
	void (*refused)(void *ctx, size_t line, yf_str number, yf_err err);
	/* Each portrait of a row that was added; NULL when nobody asks. */
	void (*judged)(void *ctx, size_t line, yf_str number,
		       const struct yf_face_sight *sight);
	void *ctx;
};

/*
 * env->face checks the portraits when it is not NULL.
 *
 * NOT_FOUND, IO  the file
 * MISSING        the header has no birth_date or personal_administrative_number
 * STORE          the database: the rows counted as added are in it
 */
YF_CHECKED yf_err yf_import(const struct yf_env *env,
			    const struct yf_import_ask *ask,
			    struct yf_import_counts *out);
