#define _DEFAULT_SOURCE
#include "cli/face_install.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/share.h"
#include "cli/args.h"
#include "card/plan_file.h"
#include "cli/print.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "crypto/hash.h"
#include "face/onnx.h"
#include "face/pack.h"
#include "face/shelf.h"

enum {
	LICENCE_LEN_MAX = 64 * 1024,
	CATALOGUE_LEN_MAX = 256 * 1024,
	PLAN_ALIGN = 64,
};

/* --- the catalogue --- */

static yf_err take_item(struct yf_arena *arena, const char *folder,
			const struct yf_json *tree,
			struct yf_catalogue_item *out)
{
	yf_str sidecar;
	const struct yf_json_field fields[] = {
		YF_JSON_STR("name", &out->name),
		YF_JSON_STR("file", &out->file),
		YF_JSON_STR("address", &out->address),
		YF_JSON_STR("sha256", &out->sha256),
		YF_JSON_STR("sidecar", &sidecar),
		YF_JSON_END,
	};

	YF_TRY(yf_json_take_fields(tree, fields));
	if (!yf_face_model_is_name(out->name))
		return YF_FAIL(SYNTAX);
	return yf_str_format(arena, &out->sidecar, "%s/%.*s", folder,
			     YF_ARG(sidecar));
}

yf_err yf_catalogue_load(struct yf_arena *arena, struct yf_catalogue *out)
{
	const struct yf_json *list;
	const struct yf_json_field fields[] = { YF_JSON_ANY("models", &list),
						YF_JSON_END };
	yf_str folder, path;
	yf_bytes bytes;

	YF_TRY(yf_share_find(arena, "models", &folder));
	YF_TRY(yf_str_format(arena, &path, "%s/catalogue.json", folder.ptr));
	YF_TRY(yf_file_load(arena, path.ptr, CATALOGUE_LEN_MAX, &bytes));
	YF_TRY(yf_json_decode(arena, yf_str_from(bytes), fields));
	if (list->kind != YF_JSON_ARRAY)
		return YF_FAIL(SYNTAX);
	if (list->count > YF_CATALOGUE_MAX)
		return YF_FAIL(TOO_LARGE);
	out->count = list->count;
	for (size_t i = 0; i < list->count; i++)
		YF_TRY(take_item(arena, folder.ptr, &list->items[i],
				 &out->items[i]));
	return YF_OK;
}

/* --- one installation --- */

struct install {
	const struct yf_install_ask *ask;
	struct yf_arena *arena;
	struct yf_catalogue catalogue;
	const struct yf_catalogue_item *item; /* NULL: not in the catalogue */
	yf_str path;                          /* of the file */
	yf_bytes bytes;
	yf_str sha256; /* of the file */
	struct yf_sidecar sidecar;
	yf_str name;
	const char *about; /* what an error is about */
	yf_str problem;    /* one line of it, or empty */
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const struct yf_catalogue_item *by_name(const struct install *in,
					       const char *name)
{
	for (size_t i = 0; i < in->catalogue.count; i++)
		if (yf_str_is(in->catalogue.items[i].name, name))
			return &in->catalogue.items[i];
	return NULL;
}

static const struct yf_catalogue_item *by_digest(const struct install *in)
{
	for (size_t i = 0; i < in->catalogue.count; i++)
		if (in->catalogue.items[i].sha256.len &&
		    yf_str_eq(in->catalogue.items[i].sha256, in->sha256))
			return &in->catalogue.items[i];
	return NULL;
}

/* Whose file it claims to be by its name: then its digest must fit. */
static const struct yf_catalogue_item *by_file(const struct install *in)
{
	const char *file = base_name(in->path.ptr);

	for (size_t i = 0; i < in->catalogue.count; i++)
		if (yf_str_is(in->catalogue.items[i].file, file))
			return &in->catalogue.items[i];
	return NULL;
}

/* Nothing is fetched: people bring the file, and are told which. */
static yf_err ask_to_bring(const struct install *in)
{
	const struct yf_catalogue_item *item = in->item;

	fprintf(stderr,
		"yufu: %.*s is not here, and nothing is fetched.  Bring\n"
		"  file     %.*s\n  from     %.*s\n  SHA-256  %s\n"
		"put it into %s or here, and run this again, or name the"
		" file.\n",
		YF_ARG(item->name), YF_ARG(item->file), YF_ARG(item->address),
		item->sha256.len ? item->sha256.ptr
				 : "(not known to us: give --sha256)",
		in->ask->models);
	return YF_FAIL(NOT_FOUND);
}

static yf_err find_file(struct install *in)
{
	const char *const folders[] = { ".", in->ask->models };

	in->item = by_name(in, in->ask->word);
	if (!in->item)
		return yf_str_format(in->arena, &in->path, "%s", in->ask->word);
	for (size_t i = 0; i < YF_COUNT(folders); i++) {
		YF_TRY(yf_str_format(in->arena, &in->path, "%s/%.*s",
				     folders[i], YF_ARG(in->item->file)));
		if (yf_file_exists(in->path.ptr))
			return YF_OK;
	}
	return ask_to_bring(in);
}

static yf_err check_digest(struct install *in)
{
	uint8_t digest[YF_SHA256_LEN];
	yf_str wanted = yf_str_of(in->ask->sha256);

	in->about = in->path.ptr;
	YF_TRY(yf_file_load(in->arena, in->path.ptr, YF_ONNX_LEN_MAX,
			    &in->bytes));
	yf_sha256(in->bytes, digest);
	YF_TRY(yf_hex_encode(in->arena, (yf_bytes){ digest, sizeof(digest) },
			     &in->sha256));
	if (!in->item)
		in->item = by_digest(in);
	if (!in->item && !in->ask->sidecar)
		in->item = by_file(in);
	if (!wanted.len && in->item)
		wanted = in->item->sha256;
	if (!wanted.len && in->item) {
		in->problem = YF_STR("its SHA-256 is not known to us: give"
				     " --sha256 as its publisher says");
		return YF_FAIL(MISSING);
	}
	if (!wanted.len || yf_str_eq_nocase(wanted, in->sha256))
		return YF_OK;
	YF_TRY(yf_str_format(in->arena, &in->problem,
			     "expected %.*s, this is %.*s", YF_ARG(wanted),
			     YF_ARG(in->sha256)));
	return YF_FAIL(FILE_DIGEST);
}

static bool is_packed(const struct install *in)
{
	const size_t len = sizeof(YF_PLAN_MAGIC) - 1;

	return in->bytes.len > len &&
	       memcmp(in->bytes.ptr, YF_PLAN_MAGIC, len) == 0;
}

static yf_err load_licence(struct install *in)
{
	yf_bytes text;

	if (!in->ask->licence)
		return YF_OK;
	in->about = in->ask->licence;
	YF_TRY(yf_file_load(in->arena, in->ask->licence, LICENCE_LEN_MAX,
			    &text));
	if (!yf_str_is_printable(yf_str_from(text), true))
		return YF_FAIL(SYNTAX);
	in->sidecar.licence_text = yf_str_from(text);
	return YF_OK;
}

static yf_err load_sidecar(struct install *in)
{
	yf_str path = yf_str_of(in->ask->sidecar);
	yf_str stem = in->path;

	if (!path.len && in->item)
		path = in->item->sidecar;
	if (!path.len) {
		if (yf_str_ends(stem, YF_STR(".onnx")))
			stem.len -= sizeof(".onnx") - 1;
		YF_TRY(yf_str_format(in->arena, &path, "%.*s.ini",
				     YF_ARG(stem)));
	}
	in->about = path.ptr;
	const yf_err err = yf_sidecar_load(in->arena, path.ptr, &in->sidecar,
					   &in->problem);
	if (err.code == YF_CODE_NOT_FOUND)
		in->problem = YF_STR("a model needs a sidecar that says how its"
				     " input is made (doc/face.md): give"
				     " --sidecar FILE");
	YF_TRY(err);
	return load_licence(in);
}

/* --- what people are asked --- */

static void show(const struct install *in, yf_str name, yf_str licence,
		 yf_str provenance)
{
	fprintf(stderr, "Model       %.*s\nSHA-256     %.*s\n", YF_ARG(name),
		YF_ARG(in->sha256));
	if (in->item)
		fprintf(stderr, "From        %.*s\n",
			YF_ARG(in->item->address));
	fprintf(stderr, "Licence     %.*s\nProvenance  %.*s\n",
		YF_ARG(licence.len ? licence
				   : YF_STR("nobody says: ask its publisher")),
		YF_ARG(provenance.len
			       ? provenance
			       : YF_STR("nobody says on whose pictures it was"
					" trained")));
}

static yf_err agree(const struct install *in)
{
	char line[16] = "";

	if (in->ask->accepted) {
		fputs("Agreed to by --accept-licence.\n", stderr);
		return YF_OK;
	}
	if (isatty(STDIN_FILENO) != 1)
		return YF_FAIL(LICENCE);
	fputs("Do you agree to the licence, and to use a model of this"
	      " provenance? [y/N] ",
	      stderr);
	if (!fgets(line, sizeof(line), stdin))
		return YF_FAIL(LICENCE);
	return line[0] == 'y' || line[0] == 'Y' ? YF_OK : YF_FAIL(LICENCE);
}

/* --- packing and keeping --- */

static yf_err choose_name(struct install *in)
{
	yf_str name = yf_str_of(in->ask->name);

	in->about = "--name NAME";
	if (!name.len && in->item)
		name = in->item->name;
	if (!name.len) {
		name = yf_str_of(base_name(in->path.ptr));
		for (size_t i = name.len; i > 0; i--)
			if (name.ptr[i - 1] == '.') {
				name.len = i - 1;
				break;
			}
	}
	in->name = name;
	return yf_face_model_is_name(name) ? YF_OK : YF_FAIL(RANGE);
}

/* A packed file is used as it is, at the place that mapping would give it. */
static yf_err align(struct install *in, yf_bytes *out)
{
	uint8_t *room = YF_NEW(in->arena, uint8_t, in->bytes.len + PLAN_ALIGN);

	if (!room)
		return YF_FAIL(MEMORY);
	room += (PLAN_ALIGN - (uintptr_t)room % PLAN_ALIGN) % PLAN_ALIGN;
	memcpy(room, in->bytes.ptr, in->bytes.len);
	*out = (yf_bytes){ room, in->bytes.len };
	return yf_plan_verify(*out);
}

static yf_err take_packed(struct install *in, yf_bytes *out)
{
	YF_AUTO(plan) plan = NULL;

	YF_TRY(align(in, out));
	YF_TRY(yf_plan_check(*out, &plan));
	if (!yf_plan_find(plan, YF_PROGRAM_DESCRIBE, 0))
		return YF_FAIL(MODEL);
	show(in, plan->name, plan->licence, plan->provenance);
	in->about = "--accept-licence";
	return agree(in);
}

static yf_err take_onnx(struct install *in, yf_bytes *out)
{
	YF_AUTO(plan) plan = NULL;

	YF_TRY(load_sidecar(in));
	show(in, in->sidecar.name,
	     in->sidecar.licence_text.len ? in->sidecar.licence_text
					  : in->sidecar.licence,
	     in->sidecar.provenance);
	in->about = "--accept-licence";
	YF_TRY(agree(in));
	in->about = in->path.ptr;
	YF_TRY(yf_face_pack_onnx(in->arena, in->bytes, &in->sidecar, out,
				 &in->problem));
	yf_plan_seal(*out);
	/* What comes out is opened before it is kept. */
	return yf_plan_check(*out, &plan);
}

/* The parents too: ~/.local/share may not be there yet. */
static yf_err make_parents(struct yf_arena *arena, const char *folder)
{
	yf_str path;

	for (const char *at = strchr(folder + 1, '/'); at;
	     at = strchr(at + 1, '/')) {
		YF_TRY(yf_str_format(arena, &path, "%.*s", (int)(at - folder),
				     folder));
		YF_TRY(yf_file_folder(path.ptr, 0755));
	}
	return YF_OK;
}

static yf_err keep(struct install *in, yf_bytes file)
{
	yf_str path;

	in->about = in->ask->models;
	YF_TRY(make_parents(in->arena, in->ask->models));
	YF_TRY(yf_file_folder(in->ask->models, 0755));
	YF_TRY(yf_face_model_path(in->arena, in->ask->models, in->name, &path));
	YF_TRY(yf_file_save(path.ptr, file, 0644));
	YF_TRY(yf_face_model_use(in->arena, in->ask->models, in->name));
	fprintf(stderr,
		"Installed %.*s and made it current.  Measure it on your own"
		" population before a face\nopens a card (yufu face bench"
		" --groups); a certificate is of one model.\n",
		YF_ARG(path));
	if (!in->ask->json)
		return YF_OK;
	struct yf_json_out out = yf_json_out_new(in->arena, 512);
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "name", in->name);
	yf_json_out_str(&out, "file", path);
	yf_json_out_str(&out, "sha256_source", in->sha256);
	yf_json_out_bool(&out, "current", true);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

static yf_err install(struct install *in)
{
	yf_bytes file;

	in->about = "models/catalogue.json beside the program";
	YF_TRY(yf_catalogue_load(in->arena, &in->catalogue));
	YF_TRY(find_file(in));
	YF_TRY(check_digest(in));
	YF_TRY(choose_name(in));
	in->about = in->path.ptr;
	YF_TRY(is_packed(in) ? take_packed(in, &file) : take_onnx(in, &file));
	return keep(in, file);
}

int yf_face_install(const struct yf_install_ask *ask)
{
	YF_AUTO(arena) arena = yf_arena_new(YF_PACK_ARENA_LEN);
	struct install in = { .ask = ask, .arena = arena };

	if (!arena)
		return yf_cli_fail("face model install", YF_FAIL(MEMORY),
				   (yf_str){ NULL, 0 });
	const yf_err err = install(&in);
	if (!yf_failed(err))
		return YF_EXIT_OK;
	/* The whole of it was said already. */
	if (err.code == YF_CODE_NOT_FOUND && in.item && !in.bytes.len)
		return YF_EXIT_FAILED;
	if (in.problem.len)
		fprintf(stderr, "yufu: %.*s\n", YF_ARG(in.problem));
	(void)yf_cli_fail("face model install", err, yf_str_of(in.about));
	return err.code == YF_CODE_LICENCE ? YF_EXIT_REFUSED : YF_EXIT_FAILED;
}
