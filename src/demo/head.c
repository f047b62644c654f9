#include "demo/head.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "demo/mesh.h"
#include "demo/raster.h"

enum { X, Y, Z };
enum {
	MEMORY_MAX = 4 * YF_PICTURE_SIDE_MAX * YF_PICTURE_SIDE_MAX,
	QUALITY = 90,
	NOISE = 3,
	TEETH = 16, /* rows of the picture of a mouth's inside */
	MOUTH_ROWS = 6,
};

/* About half a metre, in eye distances; an eye distance there, in pixels. */
static const float distance = 8, eyes_px = 72;
/* Where the eyes are in the picture, and where the neck lets a head turn. */
static const float eyes_at[2] = { YF_HEAD_WIDTH / 2.0f, 195 };
static const float neck[3] = { 0, 1.1f, 1.2f }, middle[3] = { 0, 0.7f, 0 };

struct yf_head {
	struct yf_arena *arena;
	yf_head_kind kind;
	struct yf_picture texture, background, teeth;
	float origin[2], axis[2]; /* of the face in the texture, pixels */
	float *depth;
	struct yf_mesh mesh;
	struct yf_corner corners[YF_MESH_POINTS];
};

static void find_axis(struct yf_head *head, const float points[][2])
{
	for (size_t k = 0; k < 2; k++) {
		float a = 0, b = 0;
		for (size_t i = 36; i < 42; i++) {
			a += points[i][k] / 6;
			b += points[i + 6][k] / 6;
		}
		head->origin[k] = (a + b) / 2;
		head->axis[k] = b - a;
	}
}

/* Teeth above, tongue below, dark between and towards the edges. */
static void paint_teeth(struct yf_picture *teeth)
{
	static const uint8_t dark[3] = { 52, 18, 20 };
	static const uint8_t tooth[3] = { 205, 192, 182 };
	static const uint8_t tongue[3] = { 142, 62, 64 };

	for (size_t row = 0; row < TEETH; row++) {
		const uint8_t *colour = row >= 2 && row < 5     ? tooth
					: row >= 11 && row < 15 ? tongue
								: dark;
		for (size_t i = 0; i < 2; i++)
			memcpy(teeth->rgb + (2 * row + i) * 3, colour, 3);
	}
}

static yf_err fill(struct yf_head *head, yf_bytes jpeg)
{
	struct yf_arena *arena = head->arena;

	YF_TRY(yf_picture_parse(arena, jpeg, &head->texture));
	head->depth =
		YF_NEW(arena, float, (size_t)YF_HEAD_WIDTH *YF_HEAD_HEIGHT);
	head->background = (struct yf_picture){
		YF_HEAD_WIDTH, YF_HEAD_HEIGHT,
		YF_NEW(arena, uint8_t,
		       (size_t)YF_HEAD_WIDTH * YF_HEAD_HEIGHT * 3)
	};
	head->teeth = (struct yf_picture){
		2, TEETH, YF_NEW(arena, uint8_t, (size_t)2 * TEETH * 3)
	};
	if (!head->depth || !head->background.rgb || !head->teeth.rgb)
		return YF_FAIL(MEMORY);
	yf_picture_blur(&head->texture, &head->background);
	paint_teeth(&head->teeth);
	return YF_OK;
}

yf_err yf_head_open(yf_bytes jpeg, const float points[static YF_FACE_POINTS][2],
		    yf_head_kind kind, struct yf_head **out)
{
	YF_AUTO(head) head = calloc(1, sizeof(*head));
	struct yf_shape shape;

	if (!head)
		return YF_FAIL(MEMORY);
	head->arena = yf_arena_new(MEMORY_MAX);
	if (!head->arena)
		return YF_FAIL(MEMORY);
	head->kind = kind;
	YF_TRY(fill(head, jpeg));
	if (!yf_shape_of(points, &shape) || !yf_mesh_of(&shape, &head->mesh))
		return YF_FAIL(RANGE);
	find_axis(head, points);
	*out = YF_MOVE(head);
	return YF_OK;
}

void yf_head_close(struct yf_head *head)
{
	if (!head)
		return;
	yf_arena_free(head->arena);
	free(head);
}

void yf_head_cleanup(struct yf_head **head)
{
	yf_head_close(*head);
}

static void turn(float *a, float *b, float degrees)
{
	const float angle = degrees * (float)M_PI / 180;
	const float c = cosf(angle), s = sinf(angle), was = *a;

	*a = c * was - s * *b;
	*b = s * was + c * *b;
}

/* A point of the straight head to where the pose puts it. */
static void place(const struct yf_head_pose *pose, const float pivot[static 3],
		  float share, float at[static 3])
{
	for (size_t i = 0; i < 3; i++)
		at[i] -= pivot[i];
	turn(&at[X], &at[Y], share * pose->roll);
	turn(&at[Y], &at[Z], share * pose->pitch);
	turn(&at[X], &at[Z], share * pose->yaw);
	for (size_t i = 0; i < 3; i++)
		at[i] += pivot[i];
}

/* 1 when it is less than `limit` from 0, else 0. */
static float within(float value, float limit)
{
	return fabsf(value) < limit ? 1 : 0;
}

static struct yf_corner project(const struct yf_head *head,
				const struct yf_head_pose *pose, float opening,
				const struct yf_mesh_point *point)
{
	const bool flat = head->kind == YF_HEAD_FLAT;
	float at[3] = { point->at[X], point->at[Y] + opening * point->drops,
			point->at[Z] };
	const float *place_in = point->place;

	if (flat) {
		at[Y] = point->at[Y];
		at[Z] = 0;
	}
	place(pose, flat ? middle : neck, flat ? 1 : point->turns, at);
	const float away = distance / pose->growth + at[Z];
	const float scale = eyes_px * distance / fmaxf(away, 1);
	return (struct yf_corner){
		.x = eyes_at[X] + scale * (at[X] + pose->shift_x),
		.y = eyes_at[Y] + scale * (at[Y] + pose->shift_y),
		.z = away,
		.u = head->origin[X] + place_in[X] * head->axis[X] -
		     place_in[Y] * head->axis[Y],
		.v = head->origin[Y] + place_in[X] * head->axis[Y] +
		     place_in[Y] * head->axis[X],
		.alpha = flat ? within(point->at[X], 2.3f) : point->alpha,
		.light = 1,
	};
}

static void draw_grid(struct yf_head *head, struct yf_canvas *canvas,
		      const struct yf_head_pose *pose, float opening)
{
	struct yf_corner *c = head->corners;

	for (size_t i = 0; i < YF_MESH_POINTS; i++)
		c[i] = project(head, pose, opening, &head->mesh.points[i]);
	for (size_t row = 0; row + 1 < YF_MESH_ROWS; row++) {
		for (size_t i = 0; i + 1 < YF_MESH_COLUMNS; i++) {
			const size_t a = row * YF_MESH_COLUMNS + i;
			const size_t b = a + YF_MESH_COLUMNS;
			const struct yf_corner first[3] = { c[a], c[a + 1],
							    c[b] };
			const struct yf_corner second[3] = { c[a + 1], c[b + 1],
							     c[b] };
			yf_canvas_triangle(canvas, first, &head->texture);
			yf_canvas_triangle(canvas, second, &head->texture);
		}
	}
}

/* A row of the mouth's inside, `t` of the way from the upper lip down. */
static void mouth_row(const struct yf_corner *upper,
		      const struct yf_corner *lower, float t, float alpha,
		      struct yf_corner out[static YF_MESH_LIP])
{
	for (size_t i = 0; i < YF_MESH_LIP; i++) {
		const struct yf_corner *a = &upper[i], *b = &lower[i];
		out[i] = (struct yf_corner){
			.x = a->x + t * (b->x - a->x),
			.y = a->y + t * (b->y - a->y),
			/* before the skin that is stretched across */
			.z = fminf(a->z, b->z) - 0.05f,
			.v = t * (TEETH - 1),
			.alpha = alpha * within(t - 0.5f, 0.49f),
			.light = 0.45f + 0.55f * sinf((float)M_PI * (float)i /
						      (YF_MESH_LIP - 1)),
		};
	}
}

static void draw_mouth(struct yf_head *head, struct yf_canvas *canvas,
		       const struct yf_head_pose *pose, float opening)
{
	static const float rows[MOUTH_ROWS] = {
		0, 0.12f, 0.35f, 0.6f, 0.88f, 1
	};
	const float alpha = fminf(opening / 0.08f, 1);
	struct yf_corner lips[2][YF_MESH_LIP], strip[2][YF_MESH_LIP];

	for (size_t i = 0; i < YF_MESH_LIP; i++) {
		for (size_t k = 0; k < 2; k++)
			lips[k][i] = project(head, pose, opening,
					     &head->mesh.lips[k][i]);
	}
	for (size_t row = 0; row < MOUTH_ROWS; row++) {
		struct yf_corner *now = strip[row % 2];
		const struct yf_corner *was = strip[(row + 1) % 2];
		mouth_row(lips[0], lips[1], rows[row], alpha, now);
		for (size_t i = 0; row && i + 1 < YF_MESH_LIP; i++) {
			const struct yf_corner first[3] = { was[i], was[i + 1],
							    now[i] };
			const struct yf_corner second[3] = { was[i + 1],
							     now[i + 1],
							     now[i] };
			yf_canvas_triangle(canvas, first, &head->teeth);
			yf_canvas_triangle(canvas, second, &head->teeth);
		}
	}
}

yf_err yf_head_draw(struct yf_head *head, const struct yf_head_pose *pose,
		    uint64_t seed, struct yf_arena *arena,
		    struct yf_picture *out)
{
	struct yf_picture picture = { YF_HEAD_WIDTH, YF_HEAD_HEIGHT,
				      YF_NEW(arena, uint8_t,
					     (size_t)YF_HEAD_WIDTH *
						     YF_HEAD_HEIGHT * 3) };
	struct yf_canvas canvas = { &picture, head->depth };
	const float opening =
		pose->mouth * head->mesh.mouth_width - head->mesh.mouth_gap;

	assert(pose->growth > 0);
	if (!picture.rgb)
		return YF_FAIL(MEMORY);
	yf_canvas_clear(&canvas, &head->background);
	draw_grid(head, &canvas, pose, opening);
	if (head->kind == YF_HEAD_ROUND && opening > 0)
		draw_mouth(head, &canvas, pose, opening);
	yf_picture_noise(&picture, NOISE, seed);
	*out = picture;
	return YF_OK;
}

yf_err yf_head_shoot(struct yf_head *head, const struct yf_head_pose *pose,
		     uint64_t seed, struct yf_arena *arena, yf_bytes *out_jpeg)
{
	struct yf_picture picture;

	YF_TRY(yf_head_draw(head, pose, seed, arena, &picture));
	return yf_picture_encode(arena, &picture, QUALITY, out_jpeg);
}
