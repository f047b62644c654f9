#include "demo/city.h"

#include "card/handle.h"
#include "card/type.h"
#include "codec/base64url.h"
#include "codec/json.h"
#include "demo/head.h"
#include "demo/sitter.h"
#include "face/pool.h"
#include "face/quality.h"
#include "http/files.h"
#include "http/reply.h"
#include "register/register.h"

#include <math.h>
#include <stdlib.h>

enum {
	ENROL_MAX = 512 * 1024,
	PORTRAIT_MAX = 256 * 1024,
};

/* --- GET /demo/info --- */

static void put_people(struct yf_json_out *out)
{
	const struct yf_city_person *person;

	yf_json_out_array(out, "people");
	for (size_t i = 0; (person = yf_city_person(i)); i++) {
		yf_json_out_object(out, NULL);
		yf_json_out_text(out, "name", person->name);
		yf_json_out_text(out, "number", person->number);
		yf_json_out_text(out, "picture", person->picture);
		yf_json_out_array(out, "types");
		yf_json_out_text(out, NULL, "id");
		for (size_t k = 0; person->types[k]; k++)
			yf_json_out_text(out, NULL, person->types[k]);
		yf_json_out_close(out);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static void put_types(struct yf_json_out *out, const struct yf_env *env)
{
	yf_json_out_array(out, "types");
	for (size_t i = 0; i < env->types->count; i++) {
		const struct yf_card_type *type = &env->types->at[i];
		yf_json_out_object(out, NULL);
		yf_json_out_str(out, "id", type->name);
		for (int k = 0; k < YF_LOCALES; k++)
			yf_json_out_str(out, yf_locale_name((yf_locale)k),
					type->display.at[k]);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
}

static yf_err put_parties(struct yf_json_out *out, const struct yf_env *env,
			  struct yf_arena *arena)
{
	size_t count;
	const struct yf_city_party *parties =
		yf_city_parties(env->city, &count);
	yf_str url;

	yf_json_out_array(out, "parties");
	for (size_t i = 0; i < count; i++) {
		YF_TRY(yf_str_format(
			arena, &url, "%.*s/check/#key=%.*s&policy=%s",
			YF_ARG(env->settings.url), YF_ARG(parties[i].api_key),
			parties[i].policy));
		yf_json_out_object(out, NULL);
		yf_json_out_text(out, "name", parties[i].name);
		yf_json_out_text(out, "policy", parties[i].policy);
		yf_json_out_str(out, "url", url);
		yf_json_out_close(out);
	}
	yf_json_out_close(out);
	return YF_OK;
}

static yf_err put_address(struct yf_json_out *out, const struct yf_env *env,
			  struct yf_arena *arena, const char *name,
			  const char *path)
{
	yf_str url;

	YF_TRY(yf_str_format(arena, &url, "%.*s%s", YF_ARG(env->settings.url),
			     path));
	yf_json_out_str(out, name, url);
	return YF_OK;
}

static yf_err info_get(const struct yf_env *env, struct yf_exchange *x,
		       struct yf_reply *reply)
{
	struct yf_json_out out = yf_json_out_new(x->arena, 2048);
	yf_str text;

	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "name", env->settings.name);
	put_people(&out);
	put_types(&out, env);
	YF_TRY(put_parties(&out, env, x->arena));
	YF_TRY(put_address(&out, env, x->arena, "wallet", "/wallet/"));
	YF_TRY(put_address(&out, env, x->arena, "enrol", "/desk/enrol"));
	YF_TRY(put_address(&out, env, x->arena, "camera", "/demo/camera"));
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	yf_reply_json(reply, 200, text);
	return YF_OK;
}

/* --- the virtual camera --- */

static yf_err pictures_get(const struct yf_env *env, struct yf_exchange *x,
			   struct yf_reply *reply)
{
	struct yf_json_out out = yf_json_out_new(x->arena, 512);
	size_t count;
	const struct yf_sitter *sitters = yf_sitters(&count);
	yf_str text;

	(void)env;
	yf_json_out_object(&out, NULL);
	yf_json_out_array(&out, "pictures");
	for (size_t i = 0; i < count; i++) {
		yf_json_out_object(&out, NULL);
		yf_json_out_text(&out, "id", sitters[i].id);
		yf_json_out_text(&out, "name", sitters[i].id);
		yf_json_out_close(&out);
	}
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	yf_reply_json(reply, 200, text);
	return YF_OK;
}

static yf_err take_number(const struct yf_exchange *x, const char *name,
			  float min, float max, float *out)
{
	const char *text;
	char *end;
	yf_str value;

	YF_TRY(yf_form_get(&x->query, name, &value));
	if (!value.ptr)
		return YF_OK;
	YF_TRY(yf_str_to_c(x->arena, value, &text));
	const float number = strtof(text, &end);
	if (end == text || *end || !isfinite(number) || number < min ||
	    number > max)
		return YF_FAIL(RANGE);
	*out = number;
	return YF_OK;
}

static yf_err head_get(const struct yf_env *env, struct yf_exchange *x,
		       struct yf_reply *reply)
{
	struct yf_head_pose pose = { .growth = 1 };
	yf_bytes jpeg;
	yf_str id;

	YF_TRY(yf_form_get(&x->query, "picture", &id));
	YF_TRY(take_number(x, "yaw", -60, 60, &pose.yaw));
	YF_TRY(take_number(x, "pitch", -45, 45, &pose.pitch));
	YF_TRY(take_number(x, "roll", -45, 45, &pose.roll));
	YF_TRY(take_number(x, "mouth", 0, 1, &pose.mouth));
	YF_TRY(take_number(x, "near", 0.6f, 1.6f, &pose.growth));
	YF_TRY(take_number(x, "x", -2, 2, &pose.shift_x));
	YF_TRY(take_number(x, "y", -2, 2, &pose.shift_y));
	YF_TRY(yf_city_shoot(env, x->arena, id, &pose, &jpeg));
	yf_reply_text(reply, 200, "image/jpeg", yf_str_from(jpeg));
	return YF_OK;
}

/* --- POST /desk/enrol --- */

static yf_err new_number(struct yf_arena *arena, yf_str *out)
{
	yf_str code;

	YF_TRY(yf_spoken_code(arena, 2, &code));
	return yf_str_format(arena, out, "DEMO-%.*s", YF_ARG(code));
}

/* The members as they came, with the number that the demo draws. */
static yf_err read_person(struct yf_arena *arena, yf_str body,
			  struct yf_person *person, yf_str *portrait)
{
	const struct yf_json *tree;
	struct yf_json_out out = yf_json_out_new(arena, 1024);
	yf_str number;
	yf_str json;

	YF_TRY(yf_json_parse(arena, body, &tree));
	if (tree->kind != YF_JSON_OBJECT)
		return YF_FAIL(SYNTAX);
	*portrait = yf_json_text(tree, "portrait");
	YF_TRY(new_number(arena, &number));
	yf_json_out_object(&out, NULL);
	for (size_t i = 0; i < tree->count; i++) {
		const struct yf_json *item = &tree->items[i];
		const char *name;
		YF_TRY(yf_str_to_c(arena, item->name, &name));
		if (strcmp(name, "portrait") != 0 &&
		    strcmp(name, "personal_administrative_number") != 0)
			yf_json_out_tree(&out, name, item);
	}
	yf_json_out_str(&out, "personal_administrative_number", number);
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &json));
	return yf_person_decode(arena, "none", json, person);
}

static yf_err check_portrait(const struct yf_env *env, yf_bytes jpeg)
{
	struct yf_face_sight sight;

	if (jpeg.len > PORTRAIT_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(yf_face_pool_quality(env->face, jpeg, &sight));
	switch (sight.answer) {
	case YF_FACE_USABLE:
		return YF_OK;
	case YF_FACE_NONE:
		return YF_FAIL(NO_FACE);
	case YF_FACE_MANY:
		return YF_FAIL(MANY_FACES);
	case YF_FACE_UNUSABLE:
		break;
	}
	return YF_FAIL(QUALITY);
}

static yf_err enrol_post(const struct yf_env *env, struct yf_exchange *x,
			 struct yf_reply *reply)
{
	struct yf_person person;
	struct yf_person_ref ref;
	yf_str base64;
	yf_bytes jpeg;
	yf_str text;

	YF_TRY(read_person(x->arena, x->body, &person, &base64));
	if (!base64.len)
		return YF_FAIL(MISSING);
	YF_TRY(yf_base64_decode(x->arena, base64, &jpeg));
	YF_TRY(check_portrait(env, jpeg));
	YF_TRY(yf_register_add(env, x->arena, &person, jpeg, YF_STR("demo"),
			       &ref));

	struct yf_json_out out = yf_json_out_new(x->arena, 256);
	yf_json_out_object(&out, NULL);
	yf_json_out_str(&out, "number", yf_id_number_str(&person.number));
	YF_TRY(yf_str_format(x->arena, &text, "%.*s %.*s",
			     YF_ARG(person.family_name),
			     YF_ARG(person.given_name)));
	yf_json_out_str(&out, "name", yf_str_trim(text));
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	yf_reply_json(reply, 201, text);
	return YF_OK;
}

/* --- POST /desk/portrait: judged before it is saved --- */

static yf_err portrait_post(const struct yf_env *env, struct yf_exchange *x,
			    struct yf_reply *reply)
{
	struct yf_json_out out = yf_json_out_new(x->arena, 1024);
	struct yf_face_sight sight;
	yf_str text;

	YF_TRY(yf_face_pool_quality(env->face, yf_bytes_of(x->body), &sight));
	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "answer", yf_face_answer_name(sight.answer));
	yf_quality_write_defects(yf_quality_portrait(&sight.quality), "mend",
				 &out);
	yf_quality_write(&sight.quality, &out);
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	yf_reply_json(reply, 200, text);
	return YF_OK;
}

/* --- the pages --- */

static yf_err page(const struct yf_env *env, const char *path,
		   struct yf_reply *reply)
{
	reply->file = yf_files_find(env->files, yf_str_of(path));
	return reply->file ? YF_OK : YF_FAIL(NOT_FOUND);
}

static yf_err enrol_get(const struct yf_env *env, struct yf_exchange *x,
			struct yf_reply *reply)
{
	(void)x;
	return page(env, "/desk/", reply);
}

static yf_err camera_get(const struct yf_env *env, struct yf_exchange *x,
			 struct yf_reply *reply)
{
	(void)x;
	return page(env, "/demo/", reply);
}

struct yf_routes yf_city_routes(void)
{
	static const struct yf_route routes[] = {
		{ YF_GET, "/desk/enrol", enrol_get, 0, NULL, 0 },
		{ YF_GET, "/demo/camera", camera_get, 0, NULL, 0 },
		{ YF_GET, "/demo/info", info_get, 0, NULL, 0 },
		{ YF_GET, "/demo/pictures", pictures_get, 0, NULL, 0 },
		{ YF_GET, "/demo/head.jpg", head_get, 0, NULL, 0 },
		{ YF_POST, "/desk/enrol", enrol_post, ENROL_MAX,
		  "application/json", 0 },
		{ YF_POST, "/desk/portrait", portrait_post, PORTRAIT_MAX,
		  "image/jpeg", 0 },
	};

	return YF_ROUTES(routes);
}
