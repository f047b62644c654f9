#pragma once

#include "env/env.h"
#include "http/route.h"

/*
 * The demo city: a small register of invented people, a hotel, a café, a bank,
 * a railway and a car rental, in a deployment that is otherwise like any other.
 * Demo only are the addresses of yf_city_routes(): enrolling oneself, and the
 * virtual camera.
 */
enum { YF_CITY_PARTIES_MAX = 8, YF_CITY_PEOPLE_MAX = 8, YF_CITY_TYPES_MAX = 2 };

struct yf_city_party {
	const char *name;
	const char *policy;
	yf_str api_key;
};

struct yf_city_person {
	const char *picture; /* id of a sitter */
	const char *number;
	const char *name; /* as it is typed */
	/* Types that this person has beside `id`; NULL ends. */
	const char *types[YF_CITY_TYPES_MAX + 1];
};

struct yf_city;

/*
 * Fills an empty deployment, once; API keys are kept in `folder`/demo.json
 * (mode 0600), because a demo shows them again at each start.
 *
 * pictures   folder of the sample pictures
 */
YF_CHECKED yf_err yf_city_open(const struct yf_env *env, const char *folder,
			       const char *pictures, struct yf_city **out);
void yf_city_close(struct yf_city *city);
void yf_city_cleanup(struct yf_city **city);

const struct yf_city_party *yf_city_parties(const struct yf_city *city,
					    size_t *count);

/* One after the other; NULL past the end. */
const struct yf_city_person *yf_city_person(size_t index);

/* /demo/..., /desk/enrol by POST */
struct yf_routes yf_city_routes(void);

/*
 * One frame of the virtual camera; opens the head on first use.
 * NOT_FOUND  no such sitter
 */
struct yf_head_pose;
YF_CHECKED yf_err yf_city_shoot(const struct yf_env *env,
				struct yf_arena *arena, yf_str sitter,
				const struct yf_head_pose *pose,
				yf_bytes *jpeg);
