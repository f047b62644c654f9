#include "server/key_files.h"

#include <unistd.h>

#include "base/civil.h"
#include "base/file.h"
#include "env/act.h"

enum { FILE_MAX = 64 * 1024, DELAY_MAX_S = 30 * YF_DAY_S };

static const struct {
	const char *name;
	const char *eku;
} roles[] = {
	{ "issuer", YF_EKU_DOCUMENT_SIGNER },
	{ "registrar", NULL },
};

bool yf_key_is_role(yf_str role)
{
	for (size_t i = 0; i < YF_COUNT(roles); i++)
		if (yf_str_is(role, roles[i].name))
			return true;
	return false;
}

static const char *eku_of(yf_str role)
{
	return yf_str_is(role, roles[0].name) ? roles[0].eku : roles[1].eku;
}

const char *yf_key_state_name(yf_key_state state)
{
	switch (state) {
	case YF_KEY_NEXT:
		return "next";
	case YF_KEY_SIGNS:
		return "signs";
	case YF_KEY_RETIRED:
		return "retired";
	case YF_KEY_ENDED:
		break;
	}
	return "ended";
}

/* --- reading --- */

static yf_err path_of(struct yf_arena *arena, const char *folder, yf_str name,
		      const char *suffix, yf_str *out)
{
	return yf_str_format(arena, out, "%s/%.*s.%s", folder, YF_ARG(name),
			     suffix);
}

static yf_err name_of(struct yf_arena *arena, yf_str role, int64_t number,
		      yf_str *out)
{
	if (number == 1)
		return yf_str_format(arena, out, "%.*s", YF_ARG(role));
	return yf_str_format(arena, out, "%.*s-%lld", YF_ARG(role),
			     (long long)number);
}

/* NOT_FOUND when there is no certificate of that number. */
static yf_err read_one(struct yf_arena *arena, const char *folder, yf_str role,
		       int64_t number, struct yf_key_file *out, yf_str *problem)
{
	struct yf_key_file file = { .number = number };
	struct yf_chain chain = { 0 };
	struct yf_cert cert = { 0 };
	yf_bytes pem = { NULL, 0 };
	yf_str path, key_path;

	YF_TRY(name_of(arena, role, number, &file.name));
	YF_TRY(path_of(arena, folder, file.name, "pem", &path));
	if (!yf_file_exists(path.ptr))
		return YF_FAIL(NOT_FOUND);
	*problem = path;
	YF_TRY(yf_file_load(arena, path.ptr, FILE_MAX, &pem));
	YF_TRY(yf_chain_from_pem(arena, yf_str_from(pem), &chain));
	YF_TRY(yf_cert_parse(arena, chain.certs[0], &cert));
	YF_TRY(path_of(arena, folder, file.name, "key", &key_path));
	file.has_key = yf_file_exists(key_path.ptr);
	file.certificate = chain.certs[0];
	file.from_s = cert.not_before_s + YF_KEY_BACKDATE_S;
	file.until_s = cert.not_after_s;
	*problem = (yf_str){ NULL, 0 };
	*out = file;
	return YF_OK;
}

const struct yf_key_file *yf_key_files_signer(const struct yf_key_file *files,
					      size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (files[i].state == YF_KEY_SIGNS)
			return &files[i];
	return NULL;
}

/* The highest that has begun signs, and those below it have retired. */
static yf_err judge(struct yf_key_file *files, size_t count, int64_t now_s)
{
	bool signer = false;

	for (size_t i = count; i-- > 0;) {
		struct yf_key_file *file = &files[i];

		file->state = YF_KEY_RETIRED;
		if (file->until_s <= now_s)
			file->state = YF_KEY_ENDED;
		else if (file->from_s > now_s)
			file->state = YF_KEY_NEXT;
		else if (!signer && file->has_key)
			file->state = YF_KEY_SIGNS;
		signer = signer || file->state == YF_KEY_SIGNS;
	}
	return signer ? YF_OK : YF_FAIL(NOT_FOUND);
}

/* Which file would have to be there, or to be renewed. */
static yf_err none_signs(struct yf_arena *arena, const char *folder,
			 const char *role, const struct yf_key_file *files,
			 size_t count, yf_str *problem)
{
	const struct yf_key_file *last = count ? &files[count - 1] : NULL;

	if (!last)
		YF_TRY(yf_str_format(arena, problem, "%s/%s.pem", folder,
				     role));
	else if (!last->has_key)
		YF_TRY(yf_str_format(arena, problem, "%s/%.*s.key", folder,
				     YF_ARG(last->name)));
	else
		YF_TRY(yf_str_format(arena, problem,
				     "%s/%.*s.pem does not hold now", folder,
				     YF_ARG(last->name)));
	return YF_FAIL(NOT_FOUND);
}

yf_err yf_key_files_scan(struct yf_arena *arena,
			 const struct yf_key_place *place, const char *role,
			 int64_t now_s, struct yf_key_file **out, size_t *count)
{
	struct yf_key_file *files =
		YF_NEW(arena, struct yf_key_file, YF_KEY_FILES_MAX);
	size_t found = 0;

	if (!files)
		return YF_FAIL(MEMORY);
	for (int64_t n = 1; n <= YF_KEY_FILES_MAX; n++) {
		const yf_err err =
			read_one(arena, place->folder, yf_str_of(role), n,
				 &files[found], place->problem);
		if (err.code == YF_CODE_NOT_FOUND)
			continue;
		YF_TRY(err);
		found++;
	}
	if (yf_failed(judge(files, found, now_s)))
		return none_signs(arena, place->folder, role, files, found,
				  place->problem);
	*out = files;
	*count = found;
	return YF_OK;
}

/* --- the next one --- */

struct change {
	const char *kind;
	yf_str subject;
	yf_str detail;
	int64_t now_s;
};

static yf_err put_act(struct yf_tx *tx, void *ctx)
{
	const struct change *change = ctx;
	const struct yf_act act = { 0, change->kind, YF_STR("operator"),
				    change->subject, change->detail };

	return yf_act_put(tx, &act, change->now_s);
}

struct rotation {
	struct yf_arena *arena;
	const char *folder;
	yf_str role;
	int64_t now_s;
	int64_t from_s;
	yf_str *problem;
};

static yf_err load(const struct rotation *r, yf_str name, const char *suffix,
		   yf_str *out)
{
	yf_bytes bytes = { NULL, 0 };
	yf_str path;

	YF_TRY(path_of(r->arena, r->folder, name, suffix, &path));
	*r->problem = path;
	YF_TRY(yf_file_load(r->arena, path.ptr, FILE_MAX, &bytes));
	*r->problem = (yf_str){ NULL, 0 };
	*out = yf_str_from(bytes);
	return YF_OK;
}

/* Named as the one that signs now; it never outlives the root. */
static yf_err certify(const struct rotation *r, yf_bytes signer,
		      const struct yf_public_key *key, yf_bytes *out)
{
	struct yf_cert before = { 0 };
	struct yf_cert root = { 0 };
	struct yf_chain chain = { 0 };
	YF_AUTO(key) root_key = NULL;
	yf_str name, pem;

	YF_TRY(yf_cert_parse(r->arena, signer, &before));
	YF_TRY(yf_str_format(r->arena, &name, "%.*s-root", YF_ARG(r->role)));
	YF_TRY(load(r, name, "pem", &pem));
	YF_TRY(yf_chain_from_pem(r->arena, pem, &chain));
	YF_TRY(yf_cert_parse(r->arena, chain.certs[0], &root));
	YF_TRY(load(r, name, "key", &pem));
	YF_TRY(yf_key_load(pem, &root_key));
	struct yf_cert_ask ask = {
		.common_name = before.common_name,
		.organization = before.organization,
		.country = before.country,
		.eku = eku_of(r->role),
		.not_before_s = r->from_s - YF_KEY_BACKDATE_S,
		.not_after_s = r->from_s + (int64_t)YF_KEY_LEAF_DAYS * YF_DAY_S,
	};
	if (ask.not_after_s > root.not_after_s)
		ask.not_after_s = root.not_after_s;
	if (ask.not_after_s <= r->from_s)
		return YF_FAIL(RANGE);
	return yf_cert_issue(r->arena, root_key, chain.certs[0], &ask, key,
			     out);
}

static yf_err save(const struct rotation *r, yf_str name, const char *suffix,
		   yf_str text, unsigned mode)
{
	yf_str path;

	YF_TRY(path_of(r->arena, r->folder, name, suffix, &path));
	*r->problem = path;
	YF_TRY(yf_file_save(path.ptr, yf_bytes_of(text), mode));
	*r->problem = (yf_str){ NULL, 0 };
	return YF_OK;
}

/* The certificate last: its presence says that the rest is complete. */
static yf_err announce(const struct yf_env *env, const struct rotation *r,
		       const struct yf_key_file *file, const struct yf_key *key)
{
	const struct yf_chain chain = { { file->certificate }, 1 };
	struct change change = {
		"key_rotated", file->name, { NULL, 0 }, r->now_s
	};
	yf_str pem;

	YF_TRY(yf_key_save(key, r->arena, &pem));
	YF_TRY(save(r, file->name, "key", pem, 0600));
	YF_TRY(yf_str_format(r->arena, &change.detail, "{\"signs_from\":%lld}",
			     (long long)r->from_s));
	YF_TRY(yf_db_write(env->db, put_act, &change));
	YF_TRY(yf_chain_to_pem(r->arena, &chain, &pem));
	return save(r, file->name, "pem", pem, 0644);
}

yf_err yf_key_rotate(const struct yf_env *env, struct yf_arena *arena,
		     const struct yf_key_place *place, yf_str role,
		     int64_t delay_s, struct yf_key_file *out)
{
	const int64_t now_s = yf_env_now_s(env);
	const struct rotation r = { arena, place->folder,   role,
				    now_s, now_s + delay_s, place->problem };
	struct yf_key_file *files = NULL;
	struct yf_key_file next = { .state = YF_KEY_NEXT, .has_key = true };
	const char *name;
	size_t count = 0;
	YF_AUTO(key) key = NULL;

	if (!yf_key_is_role(role))
		return YF_FAIL(UNSUPPORTED);
	if (delay_s < 0 || delay_s > DELAY_MAX_S)
		return YF_FAIL(RANGE);
	YF_TRY(yf_str_to_c(arena, role, &name));
	YF_TRY(yf_key_files_scan(arena, place, name, now_s, &files, &count));
	const struct yf_key_file *last = &files[count - 1];
	if (last->state == YF_KEY_NEXT) {
		*out = *last;
		return YF_FAIL(CONFLICT);
	}
	next.number = last->number + 1;
	if (next.number > YF_KEY_FILES_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(name_of(arena, role, next.number, &next.name));
	YF_TRY(yf_key_new(&key));
	YF_TRY(certify(&r, yf_key_files_signer(files, count)->certificate,
		       yf_key_public(key), &next.certificate));
	YF_TRY(announce(env, &r, &next, key));
	return read_one(arena, place->folder, role, next.number, out,
			place->problem);
}

/* --- what is not needed any more --- */

static yf_err remove_one(const struct yf_env *env, struct yf_arena *arena,
			 const char *folder, const struct yf_key_file *file,
			 const char *suffix)
{
	struct change change = {
		"key_removed", file->name, { NULL, 0 }, yf_env_now_s(env)
	};
	yf_str path;

	YF_TRY(path_of(arena, folder, file->name, suffix, &path));
	YF_TRY(yf_str_format(arena, &change.detail, "{\"file\":\"%s\"}",
			     suffix));
	YF_TRY(yf_db_write(env->db, put_act, &change));
	return unlink(path.ptr) ? YF_FAIL(IO) : YF_OK;
}

/* Since when one of a higher number signs. */
static int64_t retired_since(const struct yf_key_file *files, size_t count,
			     size_t at)
{
	return at + 1 < count ? files[at + 1].from_s : INT64_MAX;
}

yf_err yf_key_prune(const struct yf_env *env, struct yf_arena *arena,
		    const struct yf_key_place *place, yf_str role,
		    size_t *removed)
{
	const int64_t now_s = yf_env_now_s(env);
	struct yf_key_file *files = NULL;
	const char *name;
	size_t count = 0;

	*removed = 0;
	if (!yf_key_is_role(role))
		return YF_FAIL(UNSUPPORTED);
	YF_TRY(yf_str_to_c(arena, role, &name));
	YF_TRY(yf_key_files_scan(arena, place, name, now_s, &files, &count));
	for (size_t i = 0; i < count; i++) {
		const struct yf_key_file *file = &files[i];
		if (file->state == YF_KEY_NEXT || file->state == YF_KEY_SIGNS ||
		    retired_since(files, count, i) > now_s - YF_KEY_DELAY_S)
			continue;
		if (file->has_key) {
			YF_TRY(remove_one(env, arena, place->folder, file,
					  "key"));
			++*removed;
		}
		if (file->state == YF_KEY_ENDED) {
			YF_TRY(remove_one(env, arena, place->folder, file,
					  "pem"));
			++*removed;
		}
	}
	return YF_OK;
}
