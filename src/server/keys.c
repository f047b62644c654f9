#include "server/keys.h"

#include "base/civil.h"
#include "base/file.h"
#include "codec/hex.h"
#include "crypto/hash.h"
#include "crypto/seal.h"
#include "server/key_files.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	FILE_MAX = 64 * 1024,
	BACKDATE_S = YF_KEY_BACKDATE_S,
	KEYS_ARENA = 4 * 1024 * 1024,
};

/* --- making --- */

struct maker {
	struct yf_arena *arena;
	const char *folder;
	yf_str city;
	yf_str country;
	int64_t now_s;
};

static yf_err save(const struct maker *m, const char *name, yf_str text,
		   unsigned mode)
{
	yf_str path;

	YF_TRY(yf_str_format(m->arena, &path, "%s/%s", m->folder, name));
	return yf_file_save(path.ptr, yf_bytes_of(text), mode);
}

static yf_err save_pair(const struct maker *m, const char *name,
			const struct yf_key *key, yf_bytes cert)
{
	struct yf_chain chain = { .certs = { cert }, .count = 1 };
	yf_str file;
	yf_str pem;

	YF_TRY(yf_key_save(key, m->arena, &pem));
	YF_TRY(yf_str_format(m->arena, &file, "%s.key", name));
	YF_TRY(save(m, file.ptr, pem, 0600));
	YF_TRY(yf_chain_to_pem(m->arena, &chain, &pem));
	YF_TRY(yf_str_format(m->arena, &file, "%s.pem", name));
	return save(m, file.ptr, pem, 0644);
}

static yf_err ask_for(const struct maker *m, const char *role, int64_t days,
		      struct yf_cert_ask *out)
{
	yf_str city = m->city;

	/* A common name holds 64 characters: the role comes first. */
	while (yf_str_chars(city) > 40)
		city.len--;
	const int64_t back_s = m->now_s - BACKDATE_S;

	/*
	 * From midnight: cards say the day of their issuing as a time, and an
	 * mdoc that was signed before its certificate began is refused (ISO
	 * 18013-5 section 9.3.1).
	 */
	*out = (struct yf_cert_ask){
		.organization = m->city,
		.country = m->country,
		.not_before_s = back_s - back_s % YF_DAY_S,
		.not_after_s = m->now_s + days * YF_DAY_S,
	};
	return yf_str_format(m->arena, &out->common_name, "%s, %.*s", role,
			     YF_ARG(city));
}

static yf_err make_pair(const struct maker *m, const char *root_name,
			const char *root_role, const char *leaf_name,
			const char *leaf_role, const char *eku)
{
	YF_AUTO(key) root_key = NULL;
	YF_AUTO(key) leaf_key = NULL;
	struct yf_cert_ask ask;
	yf_bytes root;
	yf_bytes leaf;

	YF_TRY(yf_key_new(&root_key));
	YF_TRY(yf_key_new(&leaf_key));
	YF_TRY(ask_for(m, root_role, YF_ROOT_DAYS, &ask));
	ask.ca = true;
	YF_TRY(yf_cert_make_root(m->arena, root_key, &ask, &root));
	YF_TRY(ask_for(m, leaf_role, YF_LEAF_DAYS, &ask));
	ask.eku = eku;
	YF_TRY(yf_cert_issue(m->arena, root_key, root, &ask,
			     yf_key_public(leaf_key), &leaf));
	YF_TRY(save_pair(m, root_name, root_key, root));
	return save_pair(m, leaf_name, leaf_key, leaf);
}

yf_err yf_keys_make(struct yf_arena *arena, const char *folder, yf_str city,
		    yf_str country, int64_t now_s)
{
	const struct maker m = { arena, folder, city, country, now_s };
	YF_AUTO_SECRET master;
	yf_str path;
	yf_str hex;

	YF_TRY(yf_file_folder(folder, 0700));
	YF_TRY(yf_str_format(arena, &path, "%s/master.key", folder));
	if (yf_file_exists(path.ptr))
		return YF_FAIL(CONFLICT);
	YF_TRY(make_pair(&m, "issuer-root", "Credential root", "issuer",
			 "Credential issuer", YF_EKU_DOCUMENT_SIGNER));
	YF_TRY(make_pair(&m, "registrar-root", "Relying party root",
			 "registrar", "Registrar", NULL));
	yf_seal_key_new(&master);
	YF_TRY(yf_hex_encode(
		arena, (yf_bytes){ master.bytes, sizeof(master.bytes) }, &hex));
	/* Last: its presence says that the others are complete. */
	return save(&m, "master.key", hex, 0600);
}

/* --- loading --- */

struct yf_keys {
	struct yf_arena *arena;
	struct yf_secret master;
	struct yf_keyring *ring;
	struct yf_key *registrar_ca_key;
	yf_bytes leaves[YF_KEY_FILES_MAX]; /* of the issuer, that count */
	size_t leaf_count;
	struct yf_chain issuer_root;
	struct yf_chain registrar_root;
	struct yf_trust *issuers;
	struct yf_trust *registrars;
};

struct loader {
	struct yf_arena *arena;
	const char *folder;
	int64_t now_s;
	yf_str *problem;
};

static yf_err read_text(const struct loader *l, const char *name, yf_str *out)
{
	yf_bytes bytes;
	yf_str path;

	YF_TRY(yf_str_format(l->arena, &path, "%s/%s", l->folder, name));
	*l->problem = path;
	YF_TRY(yf_file_load(l->arena, path.ptr, FILE_MAX, &bytes));
	*out = yf_str_from(bytes);
	return YF_OK;
}

static yf_err read_key(const struct loader *l, const char *name,
		       struct yf_key **out)
{
	yf_str pem;

	YF_TRY(read_text(l, name, &pem));
	return yf_key_load(pem, out);
}

static yf_err read_chain(const struct loader *l, const char *name,
			 struct yf_chain *out)
{
	yf_str pem;

	YF_TRY(read_text(l, name, &pem));
	return yf_chain_from_pem(l->arena, pem, out);
}

/* The generation that signs, under the name of its role. */
static yf_err read_signer(const struct loader *l, struct yf_keys *keys,
			  const char *role)
{
	const bool is_issuer = strcmp(role, "issuer") == 0;
	struct yf_key_file *files = NULL;
	struct yf_chain chain = { .count = 1 };
	size_t count = 0;
	yf_str name;
	YF_AUTO(key) key = NULL;

	const struct yf_key_place place = { l->folder, l->problem };
	YF_TRY(yf_key_files_scan(l->arena, &place, role, l->now_s, &files,
				 &count));
	for (size_t i = 0; i < count && is_issuer; i++)
		if (files[i].state != YF_KEY_ENDED)
			keys->leaves[keys->leaf_count++] = files[i].certificate;
	const struct yf_key_file *signer = yf_key_files_signer(files, count);
	YF_TRY(yf_str_format(l->arena, &name, "%.*s.key",
			     YF_ARG(signer->name)));
	YF_TRY(read_key(l, name.ptr, &key));
	chain.certs[0] = signer->certificate;
	YF_TRY(yf_keyring_add(keys->ring, yf_str_of(role), key, &chain));
	YF_MOVE(key);
	return YF_OK;
}

static yf_err read_master(const struct loader *l, struct yf_secret *out)
{
	yf_str hex;
	yf_bytes bytes;

	YF_TRY(read_text(l, "master.key", &hex));
	YF_TRY(yf_hex_decode(l->arena, yf_str_trim(hex), &bytes));
	if (bytes.len != sizeof(out->bytes))
		return YF_FAIL(SYNTAX);
	memcpy(out->bytes, bytes.ptr, sizeof(out->bytes));
	return YF_OK;
}

static yf_err read_all(const struct loader *l, struct yf_keys *keys)
{
	YF_TRY(read_master(l, &keys->master));
	YF_TRY(yf_keyring_new(&keys->ring));
	YF_TRY(read_signer(l, keys, "issuer"));
	YF_TRY(read_signer(l, keys, "registrar"));
	YF_TRY(read_chain(l, "issuer-root.pem", &keys->issuer_root));
	YF_TRY(yf_trust_new(&keys->issuers));
	YF_TRY(yf_trust_add(keys->issuers, keys->issuer_root.certs[0]));
	YF_TRY(read_chain(l, "registrar-root.pem", &keys->registrar_root));
	YF_TRY(yf_trust_new(&keys->registrars));
	YF_TRY(yf_trust_add(keys->registrars, keys->registrar_root.certs[0]));
	return read_key(l, "registrar-root.key", &keys->registrar_ca_key);
}

yf_err yf_keys_load(struct yf_arena *arena, const char *folder, int64_t now_s,
		    yf_str *problem, struct yf_keys **out)
{
	YF_AUTO(keys) keys = calloc(1, sizeof(*keys));
	yf_str where = { NULL, 0 };

	if (!keys)
		return YF_FAIL(MEMORY);
	keys->arena = yf_arena_new(KEYS_ARENA);
	if (!keys->arena)
		return YF_FAIL(MEMORY);
	const struct loader l = { keys->arena, folder, now_s, &where };
	const yf_err err = read_all(&l, keys);
	if (yf_failed(err)) {
		YF_TRY(yf_str_copy(arena, where, problem));
		return err;
	}
	*problem = (yf_str){ NULL, 0 };
	*out = YF_MOVE(keys);
	return YF_OK;
}

static bool same_signer(const struct yf_keys *a, const struct yf_keys *b,
			const char *role)
{
	struct yf_signer signers[2];
	struct yf_public_key keys[2];

	return !yf_failed(yf_keyring_find(a->ring, yf_str_of(role),
					  &signers[0])) &&
	       !yf_failed(yf_keyring_find(b->ring, yf_str_of(role),
					  &signers[1])) &&
	       !yf_failed(yf_signer_public_key(&signers[0], &keys[0])) &&
	       !yf_failed(yf_signer_public_key(&signers[1], &keys[1])) &&
	       yf_public_key_eq(&keys[0], &keys[1]);
}

bool yf_keys_same(const struct yf_keys *a, const struct yf_keys *b)
{
	if (a->leaf_count != b->leaf_count || !same_signer(a, b, "issuer") ||
	    !same_signer(a, b, "registrar"))
		return false;
	for (size_t i = 0; i < a->leaf_count; i++)
		if (!yf_bytes_eq(a->leaves[i], b->leaves[i]))
			return false;
	return yf_bytes_eq(a->issuer_root.certs[0], b->issuer_root.certs[0]) &&
	       yf_bytes_eq(a->registrar_root.certs[0],
			   b->registrar_root.certs[0]);
}

void yf_keys_free(struct yf_keys *keys)
{
	if (!keys)
		return;
	yf_keyring_free(keys->ring);
	yf_key_free(keys->registrar_ca_key);
	yf_trust_free(keys->issuers);
	yf_trust_free(keys->registrars);
	yf_arena_free(keys->arena);
	yf_wipe(keys, sizeof(*keys));
	free(keys);
}

void yf_keys_cleanup(struct yf_keys **keys)
{
	yf_keys_free(*keys);
}

static yf_err derive(const struct yf_keys *keys, const char *use,
		     struct yf_secret *out)
{
	return yf_hkdf_sha256(
		(yf_bytes){ keys->master.bytes, sizeof(keys->master.bytes) },
		(yf_bytes){ NULL, 0 }, yf_bytes_of(yf_str_of(use)), out->bytes,
		sizeof(out->bytes));
}

/* A scalar is refused once in 2^32: then the next is tried. */
yf_err yf_keys_request(const struct yf_keys *keys, int64_t generation,
		       struct yf_key **out)
{
	YF_AUTO_SECRET scalar = { 0 };
	char use[64];
	yf_err err = YF_OK;

	for (int i = 0; i < 4; i++) {
		(void)snprintf(use, sizeof(use), "yufu/1/request/%lld/%d",
			       (long long)generation, i);
		YF_TRY(derive(keys, use, &scalar));
		err = yf_key_from_scalar(scalar.bytes, out);
		if (err.code != YF_CODE_KEY)
			break;
	}
	return err;
}

yf_err yf_keys_into(struct yf_keys *keys, struct yf_env *env)
{
	YF_TRY(derive(keys, "yufu/1/seal", &env->keys.seal));
	YF_TRY(derive(keys, "yufu/1/index", &env->keys.index));
	YF_TRY(derive(keys, "yufu/1/nonce", &env->keys.nonce));
	YF_TRY(yf_keyring_find(keys->ring, YF_STR("issuer"), &env->issuer));
	YF_TRY(yf_keyring_find(keys->ring, YF_STR("registrar"),
			       &env->registrar));
	env->issuer_leaves = keys->leaves;
	env->issuer_leaf_count = keys->leaf_count;
	env->registrar_ca_key = keys->registrar_ca_key;
	env->issuer_root = keys->issuer_root.certs[0];
	env->registrar_root = keys->registrar_root.certs[0];
	env->issuers = keys->issuers;
	env->registrars = keys->registrars;
	return YF_OK;
}
