#define _DEFAULT_SOURCE
#include "face/engine.h"

#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "face/align.h"
#include "face/image.h"
#include "face/input.h"
#include "face/landmarks.h"
#include "face/measure.h"

/*
 * Limits, chosen on the cautious side: a picture that a person would call
 * usable should pass.
 */
static const float score_sure = 0.3f; /* below, the landmarks must fit better */
static const float misfit_max = 0.25f, drift_max = 0.15f;
static const float misfit_low = 0.18f, drift_low = 0.10f;
static const float seen_side = 56;         /* detector pixels; see engine.h */
static const float same_overlap = 0.3f;    /* found at two sizes */
static const float comparable_area = 0.4f; /* of a second face */
static const float eyes_min = 20;          /* pixels between the eyes */
static const float dark_max = 35, bright_min = 230; /* mean luma */
static const float blurred_max = 18; /* of 140 LFW pictures none is below 24 */
static const uint32_t outside_max = 3; /* points beyond the picture */

static const uint32_t cascade[] = YF_DETECT_SIDES_LIST;

struct yf_engine {
	struct yf_nets nets;
	struct yf_decoder *decoder;
};

enum { FACES_MAX = 8 };

struct face {
	struct yf_candidate box; /* made from the landmarks */
	struct yf_landmarks marks;
};

/* The faces of a picture. */
struct sight {
	struct face faces[FACES_MAX];
	uint32_t count;
};

yf_err yf_engine_new(const struct yf_plan *finder,
		     const struct yf_plan *describer,
		     const struct yf_kernel *kernel, struct yf_engine **out)
{
	YF_AUTO(engine) engine = calloc(1, sizeof(*engine));

	if (!engine)
		return YF_FAIL(MEMORY);
	YF_TRY(yf_nets_find(finder, describer, kernel, &engine->nets));
	YF_TRY(yf_decoder_new(&engine->decoder));
	engine->nets.len = yf_nets_floats(&engine->nets);
	void *at = mmap(NULL, engine->nets.len * sizeof(float),
			PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			0);
	if (at == MAP_FAILED)
		return YF_FAIL(MEMORY);
	madvise(at, engine->nets.len * sizeof(float), MADV_DONTDUMP);
	engine->nets.memory = at;
	*out = YF_MOVE(engine);
	return YF_OK;
}

/* Behind the struct, aligned for the widest kernel. */
static size_t memory_at(void)
{
	return (sizeof(struct yf_engine) + 63) / 64 * 64;
}

size_t yf_engine_len(const struct yf_nets *nets)
{
	return memory_at() + yf_nets_floats(nets) * sizeof(float);
}

struct yf_engine *yf_engine_place(const struct yf_nets *nets, void *at)
{
	struct yf_engine *engine = at;

	*engine = (struct yf_engine){ .nets = *nets };
	engine->nets.memory = (float *)(void *)((char *)at + memory_at());
	engine->nets.len = yf_nets_floats(nets);
	engine->nets.peak = 0;
	return engine;
}

void yf_engine_free(struct yf_engine *engine)
{
	if (!engine)
		return;
	if (engine->nets.memory) {
		yf_nets_wipe(&engine->nets);
		munmap(engine->nets.memory, engine->nets.len * sizeof(float));
	}
	yf_decoder_free(engine->decoder);
	free(engine);
}

void yf_engine_cleanup(struct yf_engine **engine)
{
	yf_engine_free(*engine);
}

void yf_engine_wipe(struct yf_engine *engine)
{
	yf_nets_wipe(&engine->nets);
	if (engine->decoder)
		yf_decoder_wipe(engine->decoder);
}

static float area(const struct yf_candidate *box)
{
	return box->w * box->h;
}

/* Large and near the middle; a portrait is of whom it centres on. */
static float weight(const struct yf_candidate *box,
		    const struct yf_pixels *pixels)
{
	const float w = (float)pixels->w, h = (float)pixels->h;
	const float dx = (box->x + box->w / 2) / w - 0.5f;
	const float dy = (box->y + box->h / 2) / h - 0.5f;
	const float sure = fminf(1, box->score / score_sure);

	return area(box) * sure / (0.02f + dx * dx + dy * dy);
}

static const struct face *main_face(const struct sight *sight,
				    const struct yf_pixels *pixels)
{
	const struct face *best = &sight->faces[0];

	for (uint32_t i = 1; i < sight->count; i++)
		if (weight(&sight->faces[i].box, pixels) >
		    weight(&best->box, pixels))
			best = &sight->faces[i];
	return best;
}

/* Written so that NaN is no face. */
static bool is_face(const struct face *face)
{
	const bool sure = face->box.score >= score_sure;

	return face->marks.misfit <= (sure ? misfit_max : misfit_low) &&
	       face->marks.drift <= (sure ? drift_max : drift_low);
}

static struct face *known_face(struct sight *sight,
			       const struct yf_candidate *box)
{
	for (uint32_t i = 0; i < sight->count; i++)
		if (yf_overlap(&sight->faces[i].box, box) >= same_overlap)
			return &sight->faces[i];
	return NULL;
}

/*
 * A face that was seen at two sizes counts once, as sure as it was where it
 * scored best; its points are found at the first size only, because they do
 * not depend on it.
 */
static void add_face(struct sight *sight, const struct face *fresh)
{
	struct face *known = known_face(sight, &fresh->box);

	if (known)
		known->box.score = fmaxf(known->box.score, fresh->box.score);
	else if (sight->count < FACES_MAX)
		sight->faces[sight->count++] = *fresh;
}

static void look_once(struct yf_nets *nets, const struct yf_pixels *pixels,
		      uint32_t size, struct sight *sight)
{
	struct yf_candidate hits[YF_CANDIDATES_MAX];
	const uint32_t count = yf_detect(nets, pixels, size, hits);

	for (uint32_t i = 0; i < count && i < FACES_MAX; i++) {
		struct face *known = known_face(sight, &hits[i]);
		struct face face;

		if (known) {
			known->box.score =
				fmaxf(known->box.score, hits[i].score);
			continue;
		}
		yf_landmarks_find(nets, pixels, &hits[i], &face.marks);
		face.box = yf_landmarks_box(face.marks.at);
		face.box.score = hits[i].score;
		if (is_face(&face))
			add_face(sight, &face);
	}
}

static void find_faces(struct yf_nets *nets, const struct yf_pixels *pixels,
		       struct sight *sight)
{
	const float longest =
		(float)(pixels->w > pixels->h ? pixels->w : pixels->h);

	for (size_t i = 0; i < YF_COUNT(cascade); i++) {
		const float seen = seen_side * longest / (float)cascade[i];

		look_once(nets, pixels, cascade[i], sight);
		for (uint32_t k = 0; k < sight->count; k++)
			if (sight->faces[k].box.w >= seen)
				return;
	}
}

static bool has_rival(const struct sight *sight, const struct face *main)
{
	const float large = comparable_area * area(&main->box);

	for (uint32_t i = 0; i < sight->count; i++)
		if (&sight->faces[i] != main &&
		    sight->faces[i].box.score >= score_sure &&
		    area(&sight->faces[i].box) >= large)
			return true;
	return false;
}

static bool is_cut_off(const struct yf_look *look)
{
	uint32_t outside = 0;

	for (uint32_t i = 0; i < YF_FACE_POINTS; i++) {
		const float x = look->points[i][0], y = look->points[i][1];
		outside += !(x >= 0 && y >= 0 && x < (float)look->width &&
			     y < (float)look->height);
	}
	return outside > outside_max;
}

static yf_look_outcome judge(const struct sight *sight, const struct face *face,
			     const struct yf_look *look)
{
	if (has_rival(sight, face))
		return YF_LOOK_MANY;
	if (is_cut_off(look))
		return YF_LOOK_CUT_OFF;
	if (look->eye_distance < eyes_min)
		return YF_LOOK_TOO_SMALL;
	if (look->brightness <= dark_max)
		return YF_LOOK_TOO_DARK;
	if (look->brightness >= bright_min)
		return YF_LOOK_TOO_BRIGHT;
	return look->sharpness <= blurred_max ? YF_LOOK_BLURRED : YF_LOOK_FACE;
}

static void mirror(const struct yf_map *chips)
{
	const int32_t side = (int32_t)chips->w;

	for (int32_t y = 0; y < side; y++)
		for (int32_t x = 0; x < side; x++)
			memcpy(yf_map_pixel(chips, 1, y, x),
			       yf_map_pixel(chips, 0, y, side - 1 - x),
			       3 * sizeof(float));
}

/* False when the network gives no direction, as a damaged model might. */
static bool normalise(float *at, uint32_t len)
{
	float squares = 0;

	for (uint32_t i = 0; i < len; i++)
		squares += at[i] * at[i];
	const float norm = sqrtf(squares);
	if (!(norm > 1e-6f && norm < 1e6f))
		return false;
	for (uint32_t i = 0; i < len; i++)
		at[i] /= norm;
	return true;
}

static bool describe(struct yf_nets *nets, const struct yf_pixels *pixels,
		     const float points[static YF_FACE_POINTS][2],
		     bool mirrored, float out[static YF_FACE_DESCRIPTOR])
{
	const uint32_t n = mirrored && nets->mirror ? 2 : 1;
	float sum[YF_FACE_DESCRIPTOR] = { 0 };
	struct yf_affine where;

	yf_align_for(&nets->alignment, points, yf_program_width(nets->describe),
		     &where);
	const struct yf_map in = yf_nets_input(nets, nets->describe, n);
	yf_input_fill(nets->describe, pixels, &where, &in, 0);
	if (n == 2)
		mirror(&in);
	const struct yf_map all = yf_nets_run(nets, nets->describe, n);
	for (uint32_t k = 0; k < n; k++)
		for (uint32_t i = 0; i < nets->output; i++)
			sum[i] += yf_map_pixel(&all, k, 0, 0)[i];
	if (!normalise(sum, nets->output))
		return false;
	memcpy(out, sum, sizeof(sum));
	return true;
}

static bool is_wanted(yf_face_depth depth, yf_look_outcome outcome)
{
	return depth == YF_FACE_MEASUREMENT ||
	       (depth != YF_FACE_LANDMARKS && outcome == YF_LOOK_FACE);
}

void yf_engine_look_at(struct yf_engine *engine, const struct yf_pixels *pixels,
		       yf_face_depth depth, struct yf_look *out)
{
	struct sight sight = { .count = 0 };
	struct yf_look look = {
		.outcome = YF_LOOK_NONE,
		.width = pixels->w,
		.height = pixels->h,
		.pixels_hash = yf_measure_hash(pixels),
		.descriptor_len = engine->nets.output,
		.session_distance = engine->nets.session_distance,
	};

	find_faces(&engine->nets, pixels, &sight);
	if (!sight.count) {
		*out = look;
		return;
	}
	const struct face *face = main_face(&sight, pixels);
	memcpy(look.box, &face->box, sizeof(look.box));
	memcpy(look.points, face->marks.at, sizeof(look.points));
	look.score = face->box.score;
	yf_measure_points(&look);
	yf_measure_light(pixels, &look);
	look.outcome = judge(&sight, face, &look);
	if (is_wanted(depth, look.outcome) &&
	    !describe(&engine->nets, pixels, look.points,
		      depth != YF_FACE_TRACKING, look.descriptor))
		look.outcome = YF_LOOK_NONE;
	*out = look;
}

/* What was measured on the decoded pixels, in those of the file. */
static void rescale(const struct yf_image *image, struct yf_look *look)
{
	look->width = image->width;
	look->height = image->height;
	look->eye_distance *= image->scale;
	for (int i = 0; i < 4; i++)
		look->box[i] *= image->scale;
	for (int i = 0; i < YF_FACE_POINTS; i++) {
		look->points[i][0] *= image->scale;
		look->points[i][1] *= image->scale;
	}
}

yf_err yf_engine_look(struct yf_engine *engine, yf_bytes jpeg,
		      yf_face_depth depth, struct yf_look *out)
{
	struct yf_image image;

	YF_TRY(yf_decode(engine->decoder, jpeg, &image));
	yf_engine_look_at(engine, &image.pixels, depth, out);
	rescale(&image, out);
	return YF_OK;
}
