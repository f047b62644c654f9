#define _DEFAULT_SOURCE
#include "face/shelf.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

#define SUFFIX ".model"
#define CURRENT "current"

static bool is_name_char(char c, bool first)
{
	const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			   (c >= '0' && c <= '9');

	return plain || (!first && (c == '.' || c == '_' || c == '-'));
}

bool yf_face_model_is_name(yf_str name)
{
	if (!name.len || name.len > YF_FACE_MODEL_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!is_name_char(name.ptr[i], i == 0))
			return false;
	return !yf_str_is(name, CURRENT) &&
	       !yf_str_is(name, YF_FACE_MODEL_REFERENCE);
}

yf_err yf_face_model_path(struct yf_arena *arena, const char *folder,
			  yf_str name, yf_str *out)
{
	if (!yf_face_model_is_name(name))
		return YF_FAIL(RANGE);
	return yf_str_format(arena, out, "%s/%.*s" SUFFIX, folder,
			     YF_ARG(name));
}

/* Empty when the own network is used. */
static yf_err load_current(struct yf_arena *arena, const char *folder,
			   yf_str *out)
{
	yf_bytes bytes;
	yf_str path;

	*out = (yf_str){ NULL, 0 };
	YF_TRY(yf_str_format(arena, &path, "%s/" CURRENT, folder));
	const yf_err err = yf_file_load(arena, path.ptr,
					YF_FACE_MODEL_NAME_MAX + 2, &bytes);
	if (err.code == YF_CODE_NOT_FOUND)
		return YF_OK;
	YF_TRY(err);
	*out = yf_str_trim(yf_str_from(bytes));
	return yf_face_model_is_name(*out) ? YF_OK : YF_FAIL(NOT_FOUND);
}

static yf_err find_installed(struct yf_arena *arena, const char *folder,
			     yf_str wanted, yf_str *path)
{
	YF_TRY(yf_face_model_path(arena, folder, wanted, path));
	return yf_file_exists(path->ptr) ? YF_OK : YF_FAIL(NOT_FOUND);
}

static yf_err find_current(struct yf_arena *arena, const char *folder,
			   yf_str *path, yf_str *name)
{
	yf_str current = { NULL, 0 };
	yf_str found = { NULL, 0 };

	if (folder)
		YF_TRY(load_current(arena, folder, &current));
	if (current.len)
		YF_TRY(find_installed(arena, folder, current, &found));
	*path = found;
	*name = current;
	return YF_OK;
}

yf_err yf_face_model_find(struct yf_arena *arena, const char *folder,
			  const char *wanted, yf_str *path, yf_str *name)
{
	const yf_str word = yf_str_of(wanted);
	yf_str found;

	if (!wanted)
		return find_current(arena, folder, path, name);
	if (yf_str_is(word, YF_FACE_MODEL_REFERENCE)) {
		*path = *name = (yf_str){ NULL, 0 };
		return YF_OK;
	}
	if (folder && yf_face_model_is_name(word) &&
	    !yf_failed(find_installed(arena, folder, word, &found))) {
		*path = found;
		*name = word;
		return YF_OK;
	}
	if (!yf_file_exists(wanted))
		return YF_FAIL(NOT_FOUND);
	*path = *name = word;
	return YF_OK;
}

/* --- the list --- */

static void close_dir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

static int by_name(const void *a, const void *b)
{
	const struct yf_face_model_item *x = a, *y = b;

	return strcmp(x->name.ptr, y->name.ptr);
}

static yf_err read_dir(struct yf_arena *arena, DIR *dir, const char *folder,
		       yf_str current, struct yf_face_model_item *items,
		       size_t *count)
{
	for (const struct dirent *entry; (entry = readdir(dir));) {
		yf_str name = yf_str_of(entry->d_name);
		struct yf_face_model_item *item = &items[*count];

		if (!yf_str_ends(name, YF_STR(SUFFIX)))
			continue;
		name.len -= sizeof(SUFFIX) - 1;
		if (!yf_face_model_is_name(name))
			continue;
		if (*count == YF_FACE_MODELS_MAX)
			return YF_FAIL(TOO_LARGE);
		YF_TRY(yf_str_copy(arena, name, &item->name));
		YF_TRY(yf_face_model_path(arena, folder, name, &item->path));
		item->current = yf_str_eq(name, current);
		++*count;
	}
	return YF_OK;
}

yf_err yf_face_model_list(struct yf_arena *arena, const char *folder,
			  const struct yf_face_model_item **out, size_t *count)
{
	struct yf_face_model_item *items =
		YF_NEW(arena, struct yf_face_model_item, YF_FACE_MODELS_MAX);
	__attribute__((cleanup(close_dir))) DIR *dir = opendir(folder);
	yf_str current = { NULL, 0 };
	size_t found = 0;

	if (!items)
		return YF_FAIL(MEMORY);
	if (!dir && errno != ENOENT)
		return YF_FAIL(IO);
	/* A `current` that names nothing is for find() to complain of. */
	if (dir && yf_failed(load_current(arena, folder, &current)))
		current.len = 0;
	if (dir)
		YF_TRY(read_dir(arena, dir, folder, current, items, &found));
	qsort(items, found, sizeof(*items), by_name);
	*out = items;
	*count = found;
	return YF_OK;
}

/* --- changing it --- */

static yf_err unlink_file(const char *path)
{
	if (unlink(path) == 0)
		return YF_OK;
	return errno == ENOENT ? YF_FAIL(NOT_FOUND) : YF_FAIL(IO);
}

yf_err yf_face_model_use(struct yf_arena *arena, const char *folder,
			 yf_str name)
{
	yf_str path, line;

	YF_TRY(yf_str_format(arena, &line, "%s/" CURRENT, folder));
	if (yf_str_is(name, YF_FACE_MODEL_REFERENCE)) {
		const yf_err err = unlink_file(line.ptr);
		return err.code == YF_CODE_NOT_FOUND ? YF_OK : err;
	}
	YF_TRY(find_installed(arena, folder, name, &path));
	path = line;
	YF_TRY(yf_str_format(arena, &line, "%.*s\n", YF_ARG(name)));
	return yf_file_save(path.ptr, yf_bytes_of(line), 0644);
}

yf_err yf_face_model_remove(struct yf_arena *arena, const char *folder,
			    yf_str name)
{
	yf_str current, path;

	YF_TRY(find_installed(arena, folder, name, &path));
	const yf_err err = load_current(arena, folder, &current);
	if (!yf_failed(err) && yf_str_eq(current, name))
		return YF_FAIL(CONFLICT);
	return unlink_file(path.ptr);
}
