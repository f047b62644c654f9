#include "holder/holder.h"

#include <stdlib.h>

#include "base/file.h"

enum { OWN_ARENA = 64 * 1024, TRUST_LEN_MAX = 1024 * 1024 };

int64_t yf_holder_now_s(const struct yf_holder *holder)
{
	return yf_clock_now_s(&holder->options.clock);
}

void yf_holder_close(struct yf_holder *holder)
{
	if (!holder)
		return;
	yf_trust_list_free(holder->trust);
	yf_purse_close(holder->purse);
	yf_arena_free(holder->arena);
	free(holder);
}

void yf_holder_cleanup(struct yf_holder **holder)
{
	yf_holder_close(*holder);
}

static yf_err copy_options(struct yf_holder *holder,
			   const struct yf_holder_options *from)
{
	struct yf_holder_options *to = &holder->options;
	yf_str folder;

	*to = *from;
	YF_TRY(yf_str_copy(holder->arena, from->home, &to->home));
	/* Its roots are in holder->trust; only that there are some counts. */
	to->trust_pem = (yf_str){ NULL, from->trust_pem.len };
	YF_TRY(yf_str_copy(holder->arena, from->client_id, &to->client_id));
	YF_TRY(yf_str_copy(holder->arena, from->redirect_uri,
			   &to->redirect_uri));
	if (!from->folder)
		return YF_OK;
	YF_TRY(yf_str_copy(holder->arena, yf_str_of(from->folder), &folder));
	to->folder = folder.ptr;
	return YF_OK;
}

static yf_err trust_path(const struct yf_holder *holder, struct yf_arena *arena,
			 const char **out)
{
	yf_str path;

	YF_TRY(yf_str_format(arena, &path, "%s/trust.jwt",
			     holder->options.folder));
	*out = path.ptr;
	return YF_OK;
}

/* The list kept in the folder: expired or not, it says which roots we know. */
static yf_err load_trust(struct yf_holder *holder)
{
	YF_AUTO(arena) arena = yf_arena_new((size_t)4 * TRUST_LEN_MAX);
	const struct yf_trust_list_rule rule = {
		.now_s = yf_holder_now_s(holder),
		.skew_s = YF_HOLDER_SKEW_S,
		.expired_too = true,
	};
	const char *path;
	yf_bytes jws;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(trust_path(holder, arena, &path));
	if (!yf_file_exists(path))
		return YF_OK;
	YF_TRY(yf_file_load(arena, path, TRUST_LEN_MAX, &jws));
	return yf_trust_list_open(arena, yf_str_from(jws), &rule,
				  &holder->trust);
}

yf_err yf_holder_open(const struct yf_holder_options *options,
		      struct yf_holder **out)
{
	YF_AUTO(holder) holder = calloc(1, sizeof(*holder));

	if (!holder)
		return YF_FAIL(MEMORY);
	holder->arena = yf_arena_new(OWN_ARENA);
	if (!holder->arena)
		return YF_FAIL(MEMORY);
	YF_TRY(copy_options(holder, options));
	YF_TRY(yf_purse_open(options->folder, &holder->purse));
	if (options->trust_pem.len)
		YF_TRY(yf_trust_list_of_pem(options->trust_pem,
					    &holder->trust));
	else if (options->folder)
		YF_TRY(load_trust(holder));
	*out = YF_MOVE(holder);
	return YF_OK;
}

static yf_err fetch_trust(struct yf_holder *holder, struct yf_arena *arena,
			  yf_str *out)
{
	struct yf_fetch_ask ask = { 0 };
	struct yf_fetched reply;

	YF_TRY(yf_str_format(arena, &ask.url, "%.*s/trust",
			     YF_ARG(holder->options.home)));
	YF_TRY(yf_wire_send(&holder->options.wire, arena, &ask, &reply));
	if (reply.status != 200)
		return yf_wire_refusal(arena, &reply);
	*out = yf_str_trim(reply.body);
	return YF_OK;
}

static yf_err save_trust(const struct yf_holder *holder, struct yf_arena *arena,
			 yf_str jws)
{
	const char *path;

	if (!holder->options.folder)
		return YF_OK;
	YF_TRY(trust_path(holder, arena, &path));
	return yf_file_save(path, yf_bytes_of(jws), 0600);
}

yf_err yf_holder_trust(struct yf_holder *holder, struct yf_arena *arena,
		       const struct yf_trust_list **out)
{
	const struct yf_trust_list_rule rule = {
		.known = holder->trust ? yf_trust_list_issuers(holder->trust)
				       : NULL,
		.now_s = yf_holder_now_s(holder),
		.skew_s = YF_HOLDER_SKEW_S,
	};
	yf_str jws = { 0 };

	if (!holder->options.trust_pem.len && !holder->options.home.len)
		return YF_FAIL(UNTRUSTED);
	if (!holder->trust ||
	    yf_trust_list_expires_s(holder->trust) <= rule.now_s) {
		YF_AUTO(trust_list) fresh = NULL;
		YF_TRY(fetch_trust(holder, arena, &jws));
		YF_TRY(yf_trust_list_open(arena, jws, &rule, &fresh));
		YF_TRY(save_trust(holder, arena, jws));
		yf_trust_list_free(holder->trust);
		holder->trust = YF_MOVE(fresh);
	}
	*out = holder->trust;
	return YF_OK;
}
