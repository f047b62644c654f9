#include "holder/lease.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "codec/uuid.h"

enum { FILE_LEN_MAX = 1024 * 1024, SAVE_ARENA = 8 * 1024 * 1024 };

void yf_lease_wipe(struct yf_lease *lease)
{
	yf_key_free(lease->key);
	lease->key = NULL;
	for (size_t i = 0; i < lease->count; i++)
		yf_batch_wipe(&lease->entries[i].batch);
	lease->count = 0;
}

static yf_err path_of(struct yf_arena *arena, const char *folder, yf_str id,
		      const char **out)
{
	yf_str path;

	YF_TRY(yf_str_format(arena, &path, "%s/%.*s.lease", folder,
			     YF_ARG(id)));
	*out = path.ptr;
	return YF_OK;
}

/* --- writing --- */

static bool is_spent(const struct yf_lease *lease)
{
	if (lease->refresh_token.len)
		return false;
	for (size_t i = 0; i < lease->count; i++)
		if (lease->entries[i].transaction_id.len)
			return false;
	return true;
}

static yf_err put_key(struct yf_json_out *out, const char *name,
		      const struct yf_key *key)
{
	yf_str pem;

	YF_TRY(yf_key_save(key, out->buf.arena, &pem));
	yf_json_out_str(out, name, pem);
	return YF_OK;
}

static yf_err put_entry(struct yf_json_out *out,
			const struct yf_lease_entry *entry)
{
	yf_json_out_object(out, NULL);
	yf_json_out_str(out, "credential_configuration_id",
			entry->configuration_id);
	yf_json_out_str(out, "credential_identifier", entry->identifier);
	yf_json_out_str(out, "card", entry->card);
	yf_json_out_int(out, "copies", (int64_t)entry->copies);
	yf_json_out_str(out, "transaction_id", entry->transaction_id);
	yf_json_out_int(out, "interval", entry->interval_s);
	yf_json_out_int(out, "next", entry->next_s);
	yf_json_out_array(out, "keys");
	for (size_t i = 0; i < entry->batch.count; i++)
		YF_TRY(put_key(out, NULL, entry->batch.keys[i]));
	yf_json_out_close(out);
	yf_json_out_close(out);
	return YF_OK;
}

static yf_err encode(struct yf_arena *arena, const struct yf_lease *lease,
		     yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(arena, 4096);

	yf_json_out_object(&json, NULL);
	yf_json_out_str(&json, "issuer", lease->issuer);
	yf_json_out_str(&json, "authorization_server", lease->server);
	yf_json_out_str(&json, "client_id", lease->client_id);
	yf_json_out_str(&json, "access_token", lease->access_token);
	yf_json_out_str(&json, "refresh_token", lease->refresh_token);
	YF_TRY(put_key(&json, "dpop_key", lease->key));
	yf_json_out_array(&json, "credentials");
	for (size_t i = 0; i < lease->count; i++)
		YF_TRY(put_entry(&json, &lease->entries[i]));
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}

yf_err yf_lease_save(const char *folder, const struct yf_lease *lease)
{
	YF_AUTO(arena) arena = yf_arena_new(SAVE_ARENA);
	const char *path;
	yf_str text;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(path_of(arena, folder, lease->id, &path));
	if (is_spent(lease))
		return unlink(path) == 0 || errno == ENOENT ? YF_OK
							    : YF_FAIL(IO);
	YF_TRY(encode(arena, lease, &text));
	return yf_file_save(path, yf_bytes_of(text), 0600);
}

/* --- reading --- */

static yf_err take_keys(const struct yf_json *keys, struct yf_batch *batch)
{
	if (keys->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	if (keys->count > YF_RECEIVE_BATCH_MAX)
		return YF_FAIL(TOO_LARGE);
	for (size_t i = 0; i < keys->count; i++) {
		YF_TRY(yf_key_load(keys->items[i].string,
				   &batch->keys[batch->count]));
		batch->count++;
	}
	return YF_OK;
}

static yf_err take_entry(const struct yf_json *item,
			 struct yf_lease_entry *entry)
{
	const struct yf_json *keys = NULL;
	int64_t copies = 0;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("credential_configuration_id",
			    &entry->configuration_id),
		YF_JSON_STR("credential_identifier", &entry->identifier),
		YF_JSON_STR("card", &entry->card),
		YF_JSON_NUM("copies", &copies),
		YF_JSON_STR("transaction_id", &entry->transaction_id),
		YF_JSON_NUM("interval", &entry->interval_s),
		YF_JSON_NUM("next", &entry->next_s),
		YF_JSON_ANY("keys", &keys),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(item, fields));
	if (copies < 1 || copies > YF_RECEIVE_BATCH_MAX)
		return YF_FAIL(SYNTAX);
	entry->copies = (size_t)copies;
	return take_keys(keys, &entry->batch);
}

static yf_err take(struct yf_arena *arena, yf_str text, struct yf_lease *lease)
{
	const struct yf_json *entries = NULL;
	yf_str pem = { 0 };
	const struct yf_json_field fields[] = {
		YF_JSON_STR("issuer", &lease->issuer),
		YF_JSON_STR("authorization_server", &lease->server),
		YF_JSON_STR("client_id", &lease->client_id),
		YF_JSON_STR("access_token", &lease->access_token),
		YF_JSON_STR("refresh_token", &lease->refresh_token),
		YF_JSON_STR("dpop_key", &pem),
		YF_JSON_ANY("credentials", &entries),
		YF_JSON_END,
	};

	YF_TRY(yf_json_decode(arena, text, fields));
	YF_TRY(yf_key_load(pem, &lease->key));
	if (entries->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	if (entries->count > YF_OFFER_CONFIGURATIONS_MAX)
		return YF_FAIL(TOO_LARGE);
	for (size_t i = 0; i < entries->count; i++) {
		lease->count++;
		YF_TRY(take_entry(&entries->items[i], &lease->entries[i]));
	}
	return YF_OK;
}

yf_err yf_lease_load(struct yf_arena *arena, const char *folder, yf_str id,
		     struct yf_lease *out)
{
	YF_AUTO_LEASE lease = { .id = id };
	const char *path;
	yf_bytes json;

	YF_TRY(path_of(arena, folder, id, &path));
	YF_TRY(yf_file_load(arena, path, FILE_LEN_MAX, &json));
	YF_TRY(take(arena, yf_str_from(json), &lease));
	*out = lease;
	lease = (struct yf_lease){ 0 };
	return YF_OK;
}

static yf_err collect(struct yf_arena *arena, DIR *dir, yf_str *ids,
		      size_t *count)
{
	for (const struct dirent *at = readdir(dir); at; at = readdir(dir)) {
		yf_str name = yf_str_of(at->d_name);
		if (!yf_str_ends(name, YF_STR(".lease")))
			continue;
		name.len -= strlen(".lease");
		if (!yf_uuid_is(name))
			continue;
		if (*count == YF_LEASES_MAX)
			return YF_FAIL(TOO_LARGE);
		YF_TRY(yf_str_copy(arena, name, &ids[(*count)++]));
	}
	return YF_OK;
}

static int by_id(const void *a, const void *b)
{
	const yf_str *left = a;
	const yf_str *right = b;
	return strcmp(left->ptr, right->ptr);
}

yf_err yf_lease_list(struct yf_arena *arena, const char *folder,
		     const yf_str **ids, size_t *count)
{
	yf_str *list = YF_NEW(arena, yf_str, YF_LEASES_MAX);
	DIR *dir = list ? opendir(folder) : NULL;
	size_t found = 0;

	if (!list)
		return YF_FAIL(MEMORY);
	if (!dir)
		return YF_FAIL(IO);
	const yf_err err = collect(arena, dir, list, &found);
	closedir(dir);
	YF_TRY(err);
	qsort(list, found, sizeof(*list), by_id);
	*ids = list;
	*count = found;
	return YF_OK;
}
