#include "demo/city.h"

#include "base/file.h"
#include "base/random.h"
#include "check/party.h"
#include "codec/json.h"
#include "demo/head.h"
#include "demo/sitter.h"
#include "face/pool.h"
#include "register/register.h"

#include <pthread.h>
#include <stdlib.h>

enum { ARENA_MAX = 64 * 1024 * 1024, STATE_MAX = 64 * 1024 };

/* What the other types of credential need, see types/ and doc/types.md. */
#define PERMIT(number, category)                                          \
	"\"residence_permit\":{\"number\":\"" number                      \
	"\",\"category\":\"" category                                     \
	"\",\"issue_date\":\"2024-03-01\",\"expiry_date\":\"2034-02-28\"" \
	"}"
#define LICENCE(number, category)                                         \
	"\"driving_licence\":{\"number\":\"" number                       \
	"\",\"issue_date\":\"2019-05-06\",\"expiry_date\":"               \
	"\"2039-05-05\",\"privileges\":[{\"vehicle_category_code\":"      \
	"\"" category "\",\"issue_date\":\"2019-05-06\",\"expiry_date\":" \
	"\"2039-05-05\"}]}"

/* Invented; the pictures are sample pictures and not of these people.  Those
 * from abroad have a residence permit, some a driving licence. */
static const struct {
	struct yf_city_person shown;
	const char *json;
} people[] = {
	{ { "curls", "DEMO-1001", "林晓雨", { "driving-licence" } },
	  "{\"family_name\":\"林\",\"given_name\":\"晓雨\","
	  "\"family_name_latin\":\"LIN\",\"given_name_latin\":\"XIAOYU\","
	  "\"birth_date\":\"1998-04-12\",\"sex\":0,\"nationality\":\"CN\","
	  "\"place_of_birth\":{\"country\":\"CN\",\"locality\":\"泉州\"},"
	  "\"personal_administrative_number\":\"DEMO-1001\",\"attributes\":"
	  "{" LICENCE("DL-1001", "B") "}}" },
	{ { "stripes",
	    "DEMO-1002",
	    "Nguyễn Minh Anh",
	    { "residence-permit", "driving-licence" } },
	  "{\"family_name\":\"Nguyễn\",\"given_name\":\"Minh Anh\","
	  "\"family_name_latin\":\"NGUYEN\",\"given_name_latin\":\"MINH ANH\","
	  "\"birth_date\":\"1987\",\"sex\":0,\"nationality\":\"VN\","
	  "\"place_of_birth\":{\"country\":\"VN\",\"locality\":\"Huế\"},"
	  "\"personal_administrative_number\":\"DEMO-1002\",\"attributes\":"
	  "{" PERMIT("RP-1002", "work") "," LICENCE("DL-1002", "A") "}}" },
	{ { "braids", "DEMO-1003", "มาลี ศรีสุข", { "residence-permit" } },
	  "{\"family_name\":\"ศรีสุข\",\"given_name\":\"มาลี\","
	  "\"family_name_latin\":\"SRISUK\",\"given_name_latin\":\"MALEE\","
	  "\"birth_date\":\"2011-09-30\",\"sex\":0,\"nationality\":\"TH\","
	  "\"place_of_birth\":{\"country\":\"TH\",\"locality\":\"เชียงใหม่\"},"
	  "\"personal_administrative_number\":\"DEMO-1003\",\"attributes\":"
	  "{" PERMIT("RP-1003", "family") "}}" },
	{ { "stairs", "DEMO-1004", "Ольга Смирнова", { "residence-permit" } },
	  "{\"family_name\":\"Смирнова\",\"given_name\":\"Ольга\","
	  "\"family_name_latin\":\"SMIRNOVA\",\"given_name_latin\":\"OLGA\","
	  "\"birth_date\":\"1990-06\",\"sex\":0,\"nationality\":\"RU\","
	  "\"place_of_birth\":{\"country\":\"RU\",\"locality\":\"Томск\"},"
	  "\"personal_administrative_number\":\"DEMO-1004\",\"attributes\":"
	  "{" PERMIT("RP-1004", "study") "}}" },
};

static const struct yf_city_party parties[] = {
	{ "Harbour Hotel 海港酒店", "hotel", { NULL, 0 } },
	{ "Corner Café 街角网吧", "cafe", { NULL, 0 } },
	{ "City Bank 城市银行", "bank", { NULL, 0 } },
	{ "Railway 铁路", "railway", { NULL, 0 } },
	{ "Car Rental 租车行", "rental", { NULL, 0 } },
};

struct sitting {
	const struct yf_sitter *sitter;
	struct yf_head *head;
};

struct yf_city {
	struct yf_arena *arena;
	const char *pictures;
	struct yf_city_party parties[YF_CITY_PARTIES_MAX];
	size_t party_count;
	/* A head is drawn by one thread at a time. */
	pthread_mutex_t lock;
	struct sitting sittings[YF_CITY_PEOPLE_MAX];
};

/* --- filling an empty deployment --- */

static yf_err add_person(const struct yf_env *env, const char *pictures,
			 size_t index)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_MAX);
	struct yf_person person;
	struct yf_person_ref ref;
	yf_bytes portrait;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_person_decode(arena, "none", yf_str_of(people[index].json),
				&person));
	YF_TRY(yf_sitter_load(
		arena, yf_sitter_find(yf_str_of(people[index].shown.picture)),
		pictures, &portrait));
	const yf_err err = yf_register_add(env, arena, &person, portrait,
					   YF_STR("demo"), &ref);
	return err.code == YF_CODE_CONFLICT ? YF_OK : err;
}

static yf_err add_party(const struct yf_env *env, struct yf_city *city,
			const struct yf_city_party *party)
{
	const yf_str policy = yf_str_of(party->policy);
	const struct yf_party_ask ask = { .name = yf_str_of(party->name),
					  .policies = &policy,
					  .policy_count = 1,
					  .actor = YF_STR("demo") };
	struct yf_party_added added;

	YF_TRY(yf_party_add(env, city->arena, &ask, &added));
	city->parties[city->party_count] = *party;
	city->parties[city->party_count++].api_key = added.api_key;
	return YF_OK;
}

static yf_err save_state(const struct yf_city *city, const char *path)
{
	struct yf_json_out out = yf_json_out_new(city->arena, 1024);
	yf_str text;

	yf_json_out_object(&out, NULL);
	yf_json_out_array(&out, "api_keys");
	for (size_t i = 0; i < city->party_count; i++)
		yf_json_out_str(&out, NULL, city->parties[i].api_key);
	yf_json_out_close(&out);
	yf_json_out_close(&out);
	YF_TRY(yf_json_out_end(&out, &text));
	return yf_file_save(path, yf_bytes_of(text), 0600);
}

static yf_err load_state(struct yf_city *city, const char *path)
{
	const struct yf_json *keys;
	const struct yf_json_field fields[] = { YF_JSON_ANY("api_keys", &keys),
						YF_JSON_END };
	yf_bytes bytes;

	YF_TRY(yf_file_load(city->arena, path, STATE_MAX, &bytes));
	YF_TRY(yf_json_decode(city->arena, yf_str_from(bytes), fields));
	if (keys->kind != YF_JSON_ARRAY || keys->count > YF_COUNT(parties))
		return YF_FAIL(SYNTAX);
	for (size_t i = 0; i < keys->count; i++) {
		city->parties[i] = parties[i];
		city->parties[i].api_key = keys->items[i].string;
	}
	city->party_count = keys->count;
	return YF_OK;
}

/* All, or those that a demo of an earlier version did not have. */
static yf_err add_parties(const struct yf_env *env, struct yf_city *city)
{
	while (city->party_count < YF_COUNT(parties))
		YF_TRY(add_party(env, city, &parties[city->party_count]));
	return YF_OK;
}

static yf_err fill(const struct yf_env *env, struct yf_city *city,
		   const char *path)
{
	for (size_t i = 0; i < YF_COUNT(people); i++)
		YF_TRY(add_person(env, city->pictures, i));
	YF_TRY(add_parties(env, city));
	/* Last: its presence says that the city is complete. */
	return save_state(city, path);
}

yf_err yf_city_open(const struct yf_env *env, const char *folder,
		    const char *pictures, struct yf_city **out)
{
	YF_AUTO(city) city = calloc(1, sizeof(*city));
	yf_str path;

	if (!city)
		return YF_FAIL(MEMORY);
	pthread_mutex_init(&city->lock, NULL);
	city->arena = yf_arena_new(ARENA_MAX);
	city->pictures = pictures;
	if (!city->arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_str_format(city->arena, &path, "%s/demo.json", folder));
	const yf_err err = load_state(city, path.ptr);
	if (err.code == YF_CODE_NOT_FOUND) {
		YF_TRY(fill(env, city, path.ptr));
	} else {
		YF_TRY(err);
		if (city->party_count < YF_COUNT(parties)) {
			YF_TRY(add_parties(env, city));
			YF_TRY(save_state(city, path.ptr));
		}
	}
	*out = YF_MOVE(city);
	return YF_OK;
}

void yf_city_close(struct yf_city *city)
{
	if (!city)
		return;
	for (size_t i = 0; i < YF_CITY_PEOPLE_MAX; i++)
		yf_head_close(city->sittings[i].head);
	yf_arena_free(city->arena);
	pthread_mutex_destroy(&city->lock);
	free(city);
}

void yf_city_cleanup(struct yf_city **city)
{
	yf_city_close(*city);
}

const struct yf_city_party *yf_city_parties(const struct yf_city *city,
					    size_t *count)
{
	*count = city->party_count;
	return city->parties;
}

const struct yf_city_person *yf_city_person(size_t index)
{
	return index < YF_COUNT(people) ? &people[index].shown : NULL;
}

/* --- the virtual camera --- */

/* The sample pictures are large: more than a request may take. */
static yf_err open_head(const struct yf_env *env, const struct yf_city *city,
			const struct yf_sitter *sitter, struct yf_head **out)
{
	YF_AUTO(arena) arena = yf_arena_new(ARENA_MAX);
	struct yf_face_sight sight;
	yf_bytes jpeg;

	if (!arena)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_sitter_load(arena, sitter, city->pictures, &jpeg));
	YF_TRY(yf_face_pool_quality(env->face, jpeg, &sight));
	return yf_head_open(jpeg, sight.quality.points, YF_HEAD_ROUND, out);
}

static yf_err shoot(const struct yf_env *env, struct yf_arena *arena,
		    struct yf_city *city, const struct yf_sitter *sitter,
		    const struct yf_head_pose *pose, yf_bytes *jpeg)
{
	uint64_t seed;
	struct sitting *free_one = NULL;

	yf_random_fill(&seed, sizeof(seed));
	for (size_t i = 0; i < YF_CITY_PEOPLE_MAX; i++) {
		struct sitting *sitting = &city->sittings[i];
		if (sitting->sitter == sitter)
			return yf_head_shoot(sitting->head, pose, seed, arena,
					     jpeg);
		if (!sitting->sitter && !free_one)
			free_one = sitting;
	}
	if (!free_one)
		return YF_FAIL(BUG);
	YF_TRY(open_head(env, city, sitter, &free_one->head));
	free_one->sitter = sitter;
	return yf_head_shoot(free_one->head, pose, seed, arena, jpeg);
}

yf_err yf_city_shoot(const struct yf_env *env, struct yf_arena *arena,
		     yf_str id, const struct yf_head_pose *pose, yf_bytes *jpeg)
{
	const struct yf_sitter *sitter = yf_sitter_find(id);

	if (!sitter)
		return YF_FAIL(NOT_FOUND);
	pthread_mutex_lock(&env->city->lock);
	const yf_err err = shoot(env, arena, env->city, sitter, pose, jpeg);
	pthread_mutex_unlock(&env->city->lock);
	return err;
}
