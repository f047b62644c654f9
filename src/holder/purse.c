#include "holder/purse.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "codec/json.h"
#include "codec/uuid.h"

enum {
	FILE_LEN_MAX = 1024 * 1024,
	ENTRY_ARENA = 2 * 1024 * 1024,
};

struct entry {
	struct yf_held held;
	struct yf_arena *arena; /* of the texts in held */
	struct yf_key *key;
};

struct yf_purse {
	struct yf_arena *arena; /* of the folder name */
	const char *folder;     /* NULL: memory only */
	int lock;               /* open file, or -1 */
	struct entry *entries[YF_PURSE_MAX];
	size_t count;
};

static void entry_free(struct entry *entry)
{
	if (!entry)
		return;
	yf_key_free(entry->key);
	yf_arena_free(entry->arena);
	free(entry);
}

static void entry_cleanup(struct entry **entry)
{
	entry_free(*entry);
}

#define AUTO_ENTRY __attribute__((cleanup(entry_cleanup))) struct entry *

static yf_err entry_new(struct entry **out)
{
	AUTO_ENTRY entry = calloc(1, sizeof(*entry));

	if (!entry)
		return YF_FAIL(MEMORY);
	entry->arena = yf_arena_new(ENTRY_ARENA);
	if (!entry->arena)
		return YF_FAIL(MEMORY);
	*out = YF_MOVE(entry);
	return YF_OK;
}

void yf_purse_close(struct yf_purse *purse)
{
	if (!purse)
		return;
	for (size_t i = 0; i < purse->count; i++)
		entry_free(purse->entries[i]);
	if (purse->lock >= 0)
		close(purse->lock);
	yf_arena_free(purse->arena);
	free(purse);
}

void yf_purse_cleanup(struct yf_purse **purse)
{
	yf_purse_close(*purse);
}

static yf_err path_of(const struct yf_purse *purse, struct yf_arena *arena,
		      yf_str id, const char *suffix, const char **out)
{
	yf_str path;

	YF_TRY(yf_str_format(arena, &path, "%s/%.*s%s", purse->folder,
			     YF_ARG(id), suffix));
	*out = path.ptr;
	return YF_OK;
}

static const char *const format_names[] = {
	[YF_DCQL_SD_JWT] = "dc+sd-jwt",
	[YF_DCQL_MDOC] = "mso_mdoc",
};

static yf_err format_of(yf_str name, yf_dcql_format *out)
{
	for (size_t i = 0; i < YF_COUNT(format_names); i++)
		if (yf_str_is(name, format_names[i])) {
			*out = (yf_dcql_format)i;
			return YF_OK;
		}
	return YF_FAIL(SYNTAX);
}

static yf_err save_text(const struct yf_purse *purse, struct yf_arena *arena,
			const struct yf_held *held)
{
	struct yf_json_out out = yf_json_out_new(arena, held->text.len + 256);
	const char *path;
	yf_str text;

	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "issuer", held->issuer);
	yf_json_out_str(&out, "credential_configuration_id",
			held->configuration_id);
	yf_json_out_text(&out, "format", format_names[held->format]);
	yf_json_out_str(&out, "type", held->type);
	yf_json_out_str(&out, "card", held->card);
	yf_json_out_int(&out, "exp", held->expires_s);
	yf_json_out_bool(&out, "shown", held->shown);
	yf_json_out_str(&out, "credential", held->text);
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	YF_TRY(path_of(purse, arena, held->id, ".json", &path));
	return yf_file_save(path, yf_bytes_of(text), 0600);
}

/* The key first: a credential without its key is worth nothing. */
static yf_err save(const struct yf_purse *purse, const struct entry *entry)
{
	YF_AUTO(arena) arena = yf_arena_new((size_t)2 * ENTRY_ARENA);
	const char *path;
	yf_str pem;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_key_save(entry->key, arena, &pem));
	YF_TRY(path_of(purse, arena, entry->held.id, ".pem", &path));
	YF_TRY(yf_file_save(path, yf_bytes_of(pem), 0600));
	return save_text(purse, arena, &entry->held);
}

static yf_err load_one(struct yf_purse *purse, yf_str id)
{
	AUTO_ENTRY entry = NULL;
	const char *path;
	yf_str format = { 0 };
	yf_bytes json;
	yf_bytes pem;

	if (purse->count == YF_PURSE_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(entry_new(&entry));
	struct yf_held *held = &entry->held;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("issuer", &held->issuer),
		YF_JSON_STR("credential_configuration_id",
			    &held->configuration_id),
		YF_JSON_STR("format", &format),
		YF_JSON_STR("type", &held->type),
		YF_JSON_STR("card", &held->card),
		YF_JSON_NUM("exp", &held->expires_s),
		YF_JSON_FLAG("shown", &held->shown),
		YF_JSON_STR("credential", &held->text),
		YF_JSON_END,
	};
	YF_TRY(yf_str_copy(entry->arena, id, &held->id));
	YF_TRY(path_of(purse, entry->arena, id, ".json", &path));
	YF_TRY(yf_file_load(entry->arena, path, FILE_LEN_MAX, &json));
	YF_TRY(yf_json_decode(entry->arena, yf_str_from(json), fields));
	YF_TRY(format_of(format, &held->format));
	YF_TRY(path_of(purse, entry->arena, id, ".pem", &path));
	YF_TRY(yf_file_load(entry->arena, path, FILE_LEN_MAX, &pem));
	YF_TRY(yf_key_load(yf_str_from(pem), &entry->key));
	held->key = entry->key;
	purse->entries[purse->count++] = YF_MOVE(entry);
	return YF_OK;
}

static yf_err load_names(struct yf_purse *purse, DIR *dir)
{
	for (const struct dirent *at = readdir(dir); at; at = readdir(dir)) {
		yf_str name = yf_str_of(at->d_name);
		if (!yf_str_ends(name, YF_STR(".json")))
			continue;
		name.len -= strlen(".json");
		if (yf_uuid_is(name))
			YF_TRY(load_one(purse, name));
	}
	return YF_OK;
}

static int by_id(const void *a, const void *b)
{
	const struct entry *const *left = a;
	const struct entry *const *right = b;
	return strcmp((*left)->held.id.ptr, (*right)->held.id.ptr);
}

static yf_err load(struct yf_purse *purse)
{
	DIR *dir = opendir(purse->folder);

	if (!dir)
		return YF_FAIL(IO);
	const yf_err err = load_names(purse, dir);
	closedir(dir);
	YF_TRY(err);
	/* Ids are ordered by time: the order is that of receiving. */
	qsort(purse->entries, purse->count, sizeof(struct entry *), by_id);
	return YF_OK;
}

/* The kernel lets go of it when the process ends, however it ends. */
static yf_err take_lock(struct yf_purse *purse)
{
	yf_str path;

	YF_TRY(yf_str_format(purse->arena, &path, "%s/lock", purse->folder));
	purse->lock = open(path.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (purse->lock < 0)
		return YF_FAIL(IO);
	if (flock(purse->lock, LOCK_EX | LOCK_NB) == 0)
		return YF_OK;
	return errno == EWOULDBLOCK ? YF_FAIL(BUSY) : YF_FAIL(IO);
}

yf_err yf_purse_open(const char *folder, struct yf_purse **out)
{
	YF_AUTO(purse) purse = calloc(1, sizeof(*purse));
	yf_str copy;

	if (!purse)
		return YF_FAIL(MEMORY);
	purse->lock = -1;
	if (folder) {
		purse->arena = yf_arena_new(8u << 10);
		if (!purse->arena)
			return YF_FAIL(MEMORY);
		YF_TRY(yf_str_copy(purse->arena, yf_str_of(folder), &copy));
		purse->folder = copy.ptr;
		YF_TRY(yf_file_folder(folder, 0700));
		YF_TRY(take_lock(purse));
		YF_TRY(load(purse));
	}
	*out = YF_MOVE(purse);
	return YF_OK;
}

static yf_err copy_held(struct entry *entry, yf_str id,
			const struct yf_held *held)
{
	struct yf_held *to = &entry->held;

	*to = (struct yf_held){ .expires_s = held->expires_s,
				.shown = held->shown,
				.format = held->format };
	YF_TRY(yf_str_copy(entry->arena, held->card.len ? held->card : id,
			   &to->card));
	YF_TRY(yf_str_copy(entry->arena, id, &to->id));
	YF_TRY(yf_str_copy(entry->arena, held->text, &to->text));
	YF_TRY(yf_str_copy(entry->arena, held->issuer, &to->issuer));
	YF_TRY(yf_str_copy(entry->arena, held->configuration_id,
			   &to->configuration_id));
	return yf_str_copy(entry->arena, held->type, &to->type);
}

yf_err yf_purse_add(struct yf_purse *purse, int64_t now_s,
		    const struct yf_held *held, struct yf_key *key,
		    const struct yf_held **out)
{
	const yf_uuid id = yf_uuid_new(now_s);
	AUTO_ENTRY entry = NULL;

	assert(key);
	if (purse->count == YF_PURSE_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(entry_new(&entry));
	YF_TRY(copy_held(entry, yf_uuid_str(&id), held));
	entry->key = key;
	entry->held.key = key;
	if (purse->folder) {
		const yf_err err = save(purse, entry);
		if (yf_failed(err)) {
			entry->key = NULL;
			return err;
		}
	}
	*out = &entry->held;
	purse->entries[purse->count++] = YF_MOVE(entry);
	return YF_OK;
}

size_t yf_purse_count(const struct yf_purse *purse)
{
	return purse->count;
}

const struct yf_held *yf_purse_at(const struct yf_purse *purse, size_t index)
{
	assert(index < purse->count);
	return &purse->entries[index]->held;
}

yf_err yf_purse_show(struct yf_purse *purse, const struct yf_held *held)
{
	for (size_t i = 0; i < purse->count; i++) {
		struct entry *entry = purse->entries[i];
		if (&entry->held != held)
			continue;
		entry->held.shown = true;
		if (!purse->folder)
			return YF_OK;
		YF_AUTO(arena) arena = yf_arena_new((size_t)2 * ENTRY_ARENA);
		return arena ? save_text(purse, arena, &entry->held)
			     : YF_FAIL(MEMORY);
	}
	return YF_FAIL(NOT_FOUND);
}

static yf_err unlink_one(const struct yf_purse *purse, yf_str id,
			 const char *suffix)
{
	YF_AUTO(arena) arena = yf_arena_new(8u << 10);
	const char *path;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(path_of(purse, arena, id, suffix, &path));
	return unlink(path) == 0 || errno == ENOENT ? YF_OK : YF_FAIL(IO);
}

yf_err yf_purse_remove(struct yf_purse *purse, const struct yf_held *held)
{
	for (size_t i = 0; i < purse->count; i++) {
		struct entry *entry = purse->entries[i];
		if (&entry->held != held)
			continue;
		/* The .json first: a .pem alone is not read. */
		if (purse->folder) {
			YF_TRY(unlink_one(purse, held->id, ".json"));
			YF_TRY(unlink_one(purse, held->id, ".pem"));
		}
		memmove(&purse->entries[i], &purse->entries[i + 1],
			(purse->count - i - 1) * sizeof(struct entry *));
		purse->count--;
		entry_free(entry);
		return YF_OK;
	}
	return YF_FAIL(NOT_FOUND);
}
