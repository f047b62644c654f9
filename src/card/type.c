#define _DEFAULT_SOURCE
#include "card/type.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/file.h"

const char *yf_locale_name(yf_locale locale)
{
	static const char *const names[YF_LOCALES] = {
		[YF_LOCALE_EN] = "en", [YF_LOCALE_ZH] = "zh",
		[YF_LOCALE_TH] = "th", [YF_LOCALE_VI] = "vi",
		[YF_LOCALE_RU] = "ru",
	};

	return names[locale];
}

const struct yf_type_colors *
yf_card_type_colors(const struct yf_card_type *type, yf_level level)
{
	return &type->colors[level == YF_LEVEL_UPGRADED ? 1 : 0];
}

size_t yf_card_types_batch(const struct yf_card_types *types)
{
	int64_t most = 0;

	for (size_t i = 0; i < types->count; i++)
		if (types->at[i].batch_size > most)
			most = types->at[i].batch_size;
	return (size_t)most;
}

/* --- finding --- */

const struct yf_card_type *yf_card_type_find(const struct yf_card_types *types,
					     yf_str name)
{
	for (size_t i = 0; i < types->count; i++)
		if (yf_str_eq(types->at[i].name, name))
			return &types->at[i];
	return NULL;
}

const struct yf_card_type *
yf_card_type_of_scope(const struct yf_card_types *types, yf_str scope)
{
	for (size_t i = 0; i < types->count; i++)
		if (yf_str_eq(types->at[i].scope, scope))
			return &types->at[i];
	return NULL;
}

const struct yf_card_type *
yf_card_type_of_configuration(const struct yf_card_types *types, yf_str id,
			      yf_card_format *format)
{
	for (size_t i = 0; i < types->count; i++) {
		const struct yf_card_type *type = &types->at[i];
		if (yf_str_eq(type->name, id)) {
			*format = YF_FORMAT_SD_JWT;
			return type;
		}
		if (id.len && yf_str_eq(type->mdoc_configuration, id)) {
			*format = YF_FORMAT_MDOC;
			return type;
		}
		if (id.len && yf_str_eq(type->tally_configuration, id)) {
			*format = YF_FORMAT_TALLY;
			return type;
		}
	}
	return NULL;
}

/* --- loading --- */

struct load {
	struct yf_arena *arena;
	const struct yf_settings *settings;
	struct yf_card_type *at;
	size_t count;
	yf_str *problem;
};

/* CONFIG with a message made of the arguments, or MEMORY. */
#define PROBLEM(load, ...)                                                     \
	(yf_failed(yf_str_format((load)->arena, (load)->problem, __VA_ARGS__)) \
		 ? YF_FAIL(MEMORY)                                             \
		 : YF_FAIL(CONFIG))

static yf_err put(struct load *load, const struct yf_card_type *type)
{
	for (size_t i = 0; i < load->count; i++)
		if (yf_str_eq(load->at[i].name, type->name)) {
			load->at[i] = *type;
			return YF_OK;
		}
	if (load->count == YF_TYPES_MAX)
		return PROBLEM(load, "types: more than %d; take some away",
			       YF_TYPES_MAX);
	load->at[load->count++] = *type;
	return YF_OK;
}

static yf_err load_file(struct load *load, yf_str folder, const char *name)
{
	struct yf_card_type type;
	yf_bytes bytes;
	yf_str path;

	YF_TRY(yf_str_format(load->arena, &path, "%.*s/%s", YF_ARG(folder),
			     name));
	const yf_err err =
		yf_file_load(load->arena, path.ptr, YF_TYPE_FILE_MAX, &bytes);
	if (err.code == YF_CODE_TOO_LARGE)
		return PROBLEM(load, "%s: over %d bytes; a type is smaller",
			       path.ptr, YF_TYPE_FILE_MAX);
	if (yf_failed(err)) {
		*load->problem = path;
		return err;
	}
	YF_TRY(yf_card_type_parse(load->arena, path, yf_str_from(bytes),
				  load->settings, &type, load->problem));
	return put(load, &type);
}

static int is_type_file(const struct dirent *entry)
{
	const yf_str name = yf_str_of(entry->d_name);

	return name.ptr[0] != '.' && yf_str_ends(name, YF_STR(".json"));
}

static yf_err load_folder(struct load *load, yf_str folder)
{
	struct dirent **entries;
	const char *path;
	yf_err err = YF_OK;

	YF_TRY(yf_str_to_c(load->arena, folder, &path));
	if (!yf_file_exists(path))
		return YF_OK;
	/* Sorted: the metadata does not depend on the file system. */
	const int count = scandir(path, &entries, is_type_file, alphasort);
	if (count < 0) {
		*load->problem = folder;
		return YF_FAIL(IO);
	}
	for (int i = 0; i < count; i++) {
		if (!yf_failed(err))
			err = load_file(load, folder, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

/* Does one of the doctypes of `a` stand in `b` too? */
static bool share_doctype(const struct yf_card_type *a,
			  const struct yf_card_type *b)
{
	const yf_str own[] = { a->doctype, a->tally_doctype };

	for (size_t i = 0; i < YF_COUNT(own); i++)
		if (own[i].len && (yf_str_eq(own[i], b->doctype) ||
				   yf_str_eq(own[i], b->tally_doctype)))
			return true;
	return false;
}

static bool share_configuration(const struct yf_card_type *a,
				const struct yf_card_type *b)
{
	return yf_str_eq(a->mdoc_configuration, b->name) ||
	       yf_str_eq(a->tally_configuration, b->name);
}

static yf_err check_pair(const struct load *load, const struct yf_card_type *a,
			 const struct yf_card_type *b)
{
	const char *member = NULL;

	if (yf_str_eq(a->vct, b->vct))
		member = "vct";
	else if (share_doctype(a, b))
		member = "mdoc.doctype";
	else if (yf_str_eq(a->scope, b->scope))
		member = "scope";
	else if (share_configuration(a, b) || share_configuration(b, a))
		member = "name";
	return member ? PROBLEM(load,
				"types %.*s and %.*s: the same %s; give each"
				" its own",
				YF_ARG(a->name), YF_ARG(b->name), member)
		      : YF_OK;
}

static yf_err check_all(const struct load *load)
{
	if (!load->count)
		return PROBLEM(load, "types: there is none; the folder types/"
				     " comes with the program");
	for (size_t i = 0; i < load->count; i++)
		for (size_t j = 0; j < i; j++)
			YF_TRY(check_pair(load, &load->at[j], &load->at[i]));
	return YF_OK;
}

static int compare(const void *left, const void *right)
{
	const struct yf_card_type *a = left;
	const struct yf_card_type *b = right;
	const size_t len =
		a->name.len < b->name.len ? a->name.len : b->name.len;

	if (a->order != b->order)
		return a->order < b->order ? -1 : 1;
	const int names = memcmp(a->name.ptr, b->name.ptr, len);
	return names ? names : a->name.len < b->name.len ? -1 : 1;
}

yf_err yf_card_types_load(struct yf_arena *arena, const yf_str *folders,
			  size_t count, const struct yf_settings *settings,
			  struct yf_card_types *out, yf_str *problem)
{
	struct load load = {
		.arena = arena,
		.settings = settings,
		.at = YF_NEW(arena, struct yf_card_type, YF_TYPES_MAX),
		.problem = problem,
	};

	if (!load.at)
		return YF_FAIL(MEMORY);
	for (size_t i = 0; i < count; i++)
		YF_TRY(load_folder(&load, folders[i]));
	YF_TRY(check_all(&load));
	qsort(load.at, load.count, sizeof(*load.at), compare);
	*out = (struct yf_card_types){ load.at, load.count };
	return YF_OK;
}
