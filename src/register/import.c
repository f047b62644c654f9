#define _DEFAULT_SOURCE
#include "register/import.h"

#include "base/file.h"
#include "codec/csv.h"
#include "codec/json.h"
#include "face/pool.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	ROW_ARENA = 8 * 1024 * 1024,
	ROW_LEN_MAX = 64 * 1024,
	PROGRESS_ROWS = 500,
};

/* --- the file, mapped: a register does not fit in memory twice --- */

struct mapped {
	void *at;
	size_t len;
};

static void unmap(const struct mapped *mapped)
{
	if (mapped->len)
		munmap(mapped->at, mapped->len);
}

static yf_err map_file(const char *path, struct mapped *out)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;

	if (fd < 0)
		return YF_FAIL(NOT_FOUND);
	if (fstat(fd, &info) || !S_ISREG(info.st_mode) || !info.st_size) {
		close(fd);
		return YF_FAIL(IO);
	}
	void *at =
		mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	if (at == MAP_FAILED)
		return YF_FAIL(IO);
	*out = (struct mapped){ at, (size_t)info.st_size };
	return YF_OK;
}

/* --- a row as the JSON of person.h --- */

static yf_str field_of(const struct yf_csv_record *header,
		       const struct yf_csv_record *row, const char *name)
{
	for (size_t i = 0; i < header->count && i < row->count; i++)
		if (yf_str_is(header->fields[i], name))
			return row->fields[i];
	return (yf_str){ NULL, 0 };
}

static void put_if(struct yf_json_out *out, const char *name, yf_str value)
{
	if (value.len)
		yf_json_out_str(out, name, value);
}

static yf_err put_attributes(struct yf_json_out *out, struct yf_arena *arena,
			     yf_str text)
{
	const struct yf_json *attributes;

	if (!text.len)
		return YF_OK;
	const yf_err err = yf_json_parse(arena, text, &attributes);
	if (yf_failed(err))
		return err.code == YF_CODE_MEMORY ? err : YF_FAIL(ATTRIBUTE);
	yf_json_out_tree(out, "attributes", attributes);
	return YF_OK;
}

static yf_err write_person(struct yf_arena *arena,
			   const struct yf_csv_record *header,
			   const struct yf_csv_record *row, yf_str *json)
{
	static const char *const texts[] = {
		"family_name",       "given_name",
		"family_name_latin", "given_name_latin",
		"birth_date",        "personal_administrative_number",
	};
	struct yf_json_out out = yf_json_out_new(arena, 1024);
	yf_str nationalities = field_of(header, row, "nationality");
	const yf_str sex = field_of(header, row, "sex");
	yf_str piece;
	int64_t number = 0;

	if (sex.len && !yf_str_to_int(sex, &number))
		return YF_FAIL(SEX);
	yf_json_out_object(&out, NULL);
	for (size_t i = 0; i < YF_COUNT(texts); i++)
		put_if(&out, texts[i], field_of(header, row, texts[i]));
	yf_json_out_int(&out, "sex", number);
	yf_json_out_object(&out, "place_of_birth");
	put_if(&out, "country",
	       field_of(header, row, "place_of_birth_country"));
	put_if(&out, "region", field_of(header, row, "place_of_birth_region"));
	put_if(&out, "locality",
	       field_of(header, row, "place_of_birth_locality"));
	yf_json_out_close(&out);
	yf_json_out_array(&out, "nationality");
	while (yf_str_next(&nationalities, ' ', &piece))
		if (piece.len)
			yf_json_out_str(&out, NULL, piece);
	yf_json_out_close(&out);
	YF_TRY(put_attributes(&out, arena,
			      field_of(header, row, "attributes")));
	yf_json_out_close(&out);
	return yf_json_out_end(&out, json);
}

/* --- the portrait --- */

/* A name from the file must not lead out of the folder. */
static bool is_file_name(yf_str name)
{
	return name.len && !yf_str_count(name, '/') && name.ptr[0] != '.';
}

struct portrait {
	yf_bytes jpeg;
	bool judged;
	struct yf_face_sight sight;
};

static yf_err load_portrait(const struct yf_env *env,
			    const struct yf_import_ask *ask,
			    struct yf_arena *arena, yf_str file,
			    const yf_id_number *number, struct portrait *out)
{
	yf_str path;

	if (!ask->portraits)
		return YF_OK;
	if (file.len && !is_file_name(file))
		return YF_FAIL(IMAGE);
	if (file.len)
		YF_TRY(yf_str_format(arena, &path, "%s/%.*s", ask->portraits,
				     YF_ARG(file)));
	else
		YF_TRY(yf_str_format(arena, &path, "%s/%.*s.jpg",
				     ask->portraits,
				     YF_ARG(yf_id_number_str(number))));
	const yf_err err =
		yf_file_load(arena, path.ptr, YF_PORTRAIT_LEN_MAX, &out->jpeg);
	if (err.code == YF_CODE_NOT_FOUND && !file.len)
		return YF_OK;
	/* Named and not there, or no file: the row's fault, not ours. */
	if (err.code == YF_CODE_NOT_FOUND || err.code == YF_CODE_IO)
		return YF_FAIL(IMAGE);
	YF_TRY(err);
	if (!env->face)
		return YF_OK;
	out->judged = true;
	return yf_face_pool_quality(env->face, out->jpeg, &out->sight);
}

/* --- one row --- */

static yf_err add_row(const struct yf_env *env, const struct yf_import_ask *ask,
		      struct yf_arena *arena,
		      const struct yf_csv_record *header,
		      const struct yf_csv_record *row, struct portrait *out)
{
	struct yf_person person;
	struct yf_person_ref ref;
	yf_str json;

	YF_TRY(write_person(arena, header, row, &json));
	YF_TRY(yf_person_decode(arena, env->settings.number_rule.ptr, json,
				&person));
	YF_TRY(load_portrait(env, ask, arena, field_of(header, row, "portrait"),
			     &person.number, out));
	return yf_register_add(env, arena, &person, out->jpeg,
			       YF_STR("operator"), &ref);
}

/* Failures of ours end the import; those of a row are reported. */
static bool is_ours(yf_err err)
{
	return yf_err_kind(err) == YF_KIND_UNAVAILABLE ||
	       yf_err_kind(err) == YF_KIND_INTERNAL;
}

static size_t row_len(const struct yf_csv_record *row)
{
	size_t len = 0;

	for (size_t i = 0; i < row->count; i++)
		len += row->fields[i].len;
	return len;
}

/* NOT_FOUND at the end of the file only. */
static yf_err read_row(struct yf_csv *csv, struct yf_arena *arena,
		       struct yf_csv_record *row)
{
	const yf_err err = yf_csv_next(csv, arena, row);

	/* The arena is bounded: a field that spends it is what is too large. */
	if (err.code == YF_CODE_MEMORY)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(err);
	return row_len(row) <= ROW_LEN_MAX ? YF_OK : YF_FAIL(TOO_LARGE);
}

static yf_err import_next(const struct yf_env *env,
			  const struct yf_import_ask *ask, struct yf_csv *csv,
			  const struct yf_csv_record *header,
			  struct yf_import_counts *counts)
{
	YF_AUTO(arena) arena = yf_arena_new(ROW_ARENA);
	struct yf_csv_record row = { .count = 0 };
	struct portrait portrait = { .judged = false };

	if (!arena)
		return YF_FAIL(MEMORY);
	yf_err err = read_row(csv, arena, &row);
	if (err.code == YF_CODE_NOT_FOUND)
		return err;
	/* What was read of a malformed row names nobody. */
	if (yf_failed(err))
		row.count = 0;
	else
		err = add_row(env, ask, arena, header, &row, &portrait);
	const yf_str number =
		field_of(header, &row, "personal_administrative_number");
	if (!yf_failed(err)) {
		counts->added++;
		if (portrait.judged && ask->judged)
			ask->judged(ask->ctx, csv->line, number,
				    &portrait.sight);
	} else if (err.code == YF_CODE_CONFLICT) {
		counts->there++;
	} else if (is_ours(err)) {
		return err;
	} else {
		counts->refused++;
		ask->refused(ask->ctx, csv->line, number, err);
	}
	return YF_OK;
}

static yf_err import_all(const struct yf_env *env,
			 const struct yf_import_ask *ask, struct yf_csv *csv,
			 const struct yf_csv_record *header,
			 struct yf_import_counts *counts)
{
	for (int64_t rows = 1;; rows++) {
		const yf_err err = import_next(env, ask, csv, header, counts);
		if (err.code == YF_CODE_NOT_FOUND)
			return YF_OK;
		YF_TRY(err);
		if (rows % PROGRESS_ROWS == 0)
			ask->progress(ask->ctx, counts);
	}
}

yf_err yf_import(const struct yf_env *env, const struct yf_import_ask *ask,
		 struct yf_import_counts *out)
{
	YF_AUTO(arena) arena = yf_arena_new(ROW_ARENA);
	__attribute__((cleanup(unmap))) struct mapped mapped = { NULL, 0 };
	struct yf_import_counts counts = { 0 };
	struct yf_csv_record header;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(map_file(ask->path, &mapped));
	struct yf_csv csv = yf_csv_new((yf_str){ mapped.at, mapped.len });
	YF_TRY(yf_csv_next(&csv, arena, &header));
	if (!field_of(&header, &header, "birth_date").ptr ||
	    !field_of(&header, &header, "personal_administrative_number").ptr)
		return YF_FAIL(MISSING);
	const yf_err err = import_all(env, ask, &csv, &header, &counts);
	/* Also when it broke off: these rows are in the register. */
	ask->progress(ask->ctx, &counts);
	YF_TRY(err);
	*out = counts;
	return YF_OK;
}
