#include "actor.h"

#include <math.h>

#include "face/measure.h"
#include "face/shape.h"

enum { X, Y, Z };

static uint64_t draw(struct actor *actor)
{
	actor->random =
		actor->random * 6364136223846793005u + 1442695040888963407u;
	return actor->random >> 32;
}

float actor_chance(struct actor *actor)
{
	return (float)(draw(actor) >> 8) / (float)(1u << 24);
}

/* Sum of twelve: mean 0, standard deviation 1. */
static float normal(struct actor *actor)
{
	float sum = -6;

	for (int i = 0; i < 12; i++)
		sum += actor_chance(actor);
	return sum;
}

/* As many as the default model gives; the rest of a descriptor is zero. */
enum { NUMBERS = 128 };

static void to_unit(float v[static YF_FACE_DESCRIPTOR])
{
	float square = 0;

	for (size_t i = 0; i < NUMBERS; i++)
		square += v[i] * v[i];
	for (size_t i = 0; i < NUMBERS; i++)
		v[i] /= sqrtf(square);
}

struct actor actor_new(uint64_t number)
{
	struct actor actor = { .random = number * 2654435761u + 1,
			       .noise = 0.015f };

	for (int i = 0; i < 4; i++)
		draw(&actor);
	const float deep = 0.75f + 0.5f * actor_chance(&actor);
	const float wide = 0.93f + 0.14f * actor_chance(&actor);
	const float high = 0.93f + 0.14f * actor_chance(&actor);
	actor.distance = 6.5f + 5 * actor_chance(&actor);
	for (size_t i = 0; i < YF_FACE_POINTS; i++) {
		const float *model = yf_shape_model[i];
		actor.head[i][X] = wide * model[X];
		actor.head[i][Y] = high * model[Y];
		actor.head[i][Z] = deep * model[Z];
	}
	for (size_t i = 0; i < NUMBERS; i++)
		actor.descriptor[i] = normal(&actor);
	to_unit(actor.descriptor);
	return actor;
}

static void turn(float *a, float *b, float degrees)
{
	const float angle = degrees * (float)M_PI / 180;
	const float was = *a;

	*a = cosf(angle) * was - sinf(angle) * *b;
	*b = sinf(angle) * was + cosf(angle) * *b;
}

/* Inner lower lip, outer lower lip and chin go down with the jaw. */
static float drop_of(size_t point)
{
	return (point >= 65 && point <= 67) || (point >= 56 && point <= 58) ||
			       (point >= 6 && point <= 10)
		       ? 1
		       : 0;
}

static void project(const struct actor *actor, const struct yf_head_pose *pose,
		    size_t point, float out[static 2])
{
	const float width = actor->head[64][X] - actor->head[60][X];
	float at[3] = { actor->head[point][X], actor->head[point][Y],
			actor->head[point][Z] };

	at[Y] += drop_of(point) * pose->mouth * width;
	if (actor->flat)
		at[Z] = 0;
	at[Y] -= 1.1f;
	at[Z] -= actor->flat ? 0 : 1.2f;
	turn(&at[X], &at[Y], pose->roll);
	turn(&at[Y], &at[Z], pose->pitch);
	turn(&at[X], &at[Z], pose->yaw);
	at[Y] += 1.1f;
	at[Z] += actor->flat ? 0 : 1.2f;
	const float lens = actor->zoomed ? pose->growth : 1;
	const float near = actor->zoomed ? 1 : pose->growth;
	const float scale =
		70 * lens * actor->distance / (actor->distance / near + at[Z]);
	out[X] = 320 + scale * (at[X] + pose->shift_x);
	out[Y] = 200 + scale * (at[Y] + pose->shift_y);
}

static void put_box(struct yf_look *look)
{
	float left = 1e9f, right = -1e9f, top = 1e9f, bottom = -1e9f;

	for (size_t i = 0; i < YF_FACE_POINTS; i++) {
		left = fminf(left, look->points[i][X]);
		right = fmaxf(right, look->points[i][X]);
		top = fminf(top, look->points[i][Y]);
		bottom = fmaxf(bottom, look->points[i][Y]);
	}
	look->box[0] = left;
	look->box[1] = top;
	look->box[2] = right - left;
	look->box[3] = bottom - top;
}

struct yf_look actor_look(struct actor *actor, const struct yf_head_pose *pose,
			  bool described)
{
	struct yf_look look = { .outcome = YF_LOOK_FACE,
				.width = 640,
				.height = 480,
				.score = 0.9f,
				.brightness = 120,
				.sharpness = 200 };

	for (size_t i = 0; i < YF_FACE_POINTS; i++) {
		project(actor, pose, i, look.points[i]);
		look.points[i][X] += 70 * actor->noise * normal(actor);
		look.points[i][Y] += 70 * actor->noise * normal(actor);
	}
	put_box(&look);
	yf_measure_points(&look);
	look.pixels_hash = draw(actor) << 32 | draw(actor);
	for (size_t i = 0; i < YF_LOOK_GLANCE; i++)
		look.glance[i] = (uint8_t)draw(actor);
	for (size_t i = 0; described && i < NUMBERS; i++)
		look.descriptor[i] =
			actor->descriptor[i] + 0.016f * normal(actor);
	if (described) {
		to_unit(look.descriptor);
		look.descriptor_len = NUMBERS;
	}
	return look;
}
