#include "face/quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "face/landmarks.h"
#include "face/pose.h"

enum { GRID = 64, LEVELS = 256, BINS = 16, HALVES = 2 };

/* The oval of the face in its own frame: x in eye distances from the middle
 * of the eyes, y in distances from there to the chin. */
static const float oval_y = 0.30f, oval_rx = 0.75f, oval_ry = 0.52f;

/* Rec. 601 luma at which a pixel holds no more detail. */
enum { BLACK = 25, WHITE = 247 };

/* Warnings: the picture can be used and could be better. */
static const float eyes_good = 30;     /* pixels */
static const float head_large = 0.85f; /* of the picture's height */
static const float yaw_good = 20, pitch_good = 20, roll_good = 20;
static const float eye_shut = 0.17f; /* LFW: 1 of 100 is below 0.225 */
static const float mouth_shut = 0.25f;
static const float dark = 60, bright = 205, lost_good = 0.25f;
static const float range_good = 5.5f;
static const float even_good = 0.30f;
static const float sharp_good = 30;

/* A portrait for a register. */
static const float portrait_eyes = 90;
static const float portrait_yaw = 12, portrait_pitch = 20, portrait_roll = 8;
static const float portrait_even = 0.4f, portrait_sharp = 40;
static const float portrait_colour = 8, portrait_plain = 0.5f;
static const float portrait_blocks = 0.6f, portrait_lost = 0.10f;

/* --- the oval of the face --- */

struct tally {
	uint32_t count;
	uint32_t levels[LEVELS];
	uint32_t halves[HALVES][BINS];
	uint32_t half_count[HALVES];
	double rgb[3];
};

/* Where the face lies: middle of the eyes, and the ways along and down. */
struct frame {
	float at[2], along[2], down[2];
};

static void centre(const float points[][2], size_t from, size_t to,
		   float out[static 2])
{
	out[0] = out[1] = 0;
	for (size_t i = from; i <= to; i++) {
		out[0] += points[i][0] / (float)(to - from + 1);
		out[1] += points[i][1] / (float)(to - from + 1);
	}
}

static struct frame frame_of(const struct yf_look *look)
{
	float right[2], left[2];
	struct frame frame;

	centre(look->points, 36, 41, right);
	centre(look->points, 42, 47, left);
	for (int i = 0; i < 2; i++) {
		frame.at[i] = (right[i] + left[i]) / 2;
		frame.along[i] = left[i] - right[i];
		frame.down[i] = look->points[8][i] - frame.at[i];
	}
	return frame;
}

static uint32_t luma(const uint8_t *rgb)
{
	return (77u * rgb[0] + 150u * rgb[1] + 29u * rgb[2]) >> 8;
}

static void add_pixel(struct tally *tally, const uint8_t *rgb, int half)
{
	const uint32_t level = luma(rgb);

	tally->count++;
	tally->levels[level]++;
	tally->halves[half][level * BINS / LEVELS]++;
	tally->half_count[half]++;
	for (int i = 0; i < 3; i++)
		tally->rgb[i] += rgb[i];
}

static void count_oval(const struct yf_pixels *pixels,
		       const struct frame *frame, struct tally *out)
{
	const float right = (float)pixels->w, low = (float)pixels->h;

	*out = (struct tally){ 0 };
	for (int i = 0; i < GRID * GRID; i++) {
		const int line = i / GRID;
		const float u = 2 * ((float)(i % GRID) + 0.5f) / GRID - 1;
		const float v = 2 * ((float)line + 0.5f) / GRID - 1;
		if (u * u + v * v > 1)
			continue;
		const float a = oval_rx * u, b = oval_y + oval_ry * v;
		const float x =
			frame->at[0] + a * frame->along[0] + b * frame->down[0];
		const float y =
			frame->at[1] + a * frame->along[1] + b * frame->down[1];
		if (!(x >= 0 && y >= 0 && x < right && y < low))
			continue;
		const size_t at = (size_t)y * pixels->w + (size_t)x;
		add_pixel(out, pixels->rgb + 3 * at, u > 0);
	}
}

static void measure_levels(const struct tally *tally,
			   struct yufu_face_quality *out)
{
	const double count = tally->count;
	double sum = 0, squares = 0, bits = 0;
	uint32_t black = 0, white = 0;

	for (uint32_t i = 0; i < LEVELS; i++) {
		const double share = tally->levels[i] / count;

		sum += share * i;
		squares += share * i * i;
		bits -= share > 0 ? share * log2(share) : 0;
		black += i <= BLACK ? tally->levels[i] : 0;
		white += i >= WHITE ? tally->levels[i] : 0;
	}
	out->luminance_mean = (float)sum;
	out->luminance_sd = (float)sqrt(fmax(squares - sum * sum, 0));
	out->under_exposure = (float)(black / count);
	out->over_exposure = (float)(white / count);
	out->dynamic_range = (float)bits;
}

static float evenness(const struct tally *tally)
{
	double common = 0;

	if (!tally->half_count[0] || !tally->half_count[1])
		return NAN;
	for (int i = 0; i < BINS; i++)
		common += fmin(
			(double)tally->halves[0][i] / tally->half_count[0],
			(double)tally->halves[1][i] / tally->half_count[1]);
	return (float)common;
}

/* --- colour --- */

static double linear(double level)
{
	const double share = level / 255;

	return share <= 0.04045 ? share / 12.92
				: pow((share + 0.055) / 1.055, 2.4);
}

static double lab_root(double t)
{
	return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

static double outside(double value, double least, double most)
{
	return value < least ? least - value : value > most ? value - most : 0;
}

/* CIE 1976 L*a*b* of sRGB under D65; how far from where skin lies. */
static float colour_distance(const struct tally *tally)
{
	const double r = linear(tally->rgb[0] / tally->count);
	const double g = linear(tally->rgb[1] / tally->count);
	const double b = linear(tally->rgb[2] / tally->count);
	const double x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505;
	const double y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
	const double z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089;
	const double as = 500 * (lab_root(x) - lab_root(y));
	const double bs = 200 * (lab_root(y) - lab_root(z));

	return (float)hypot(outside(as, 5, 25), outside(bs, 5, 35));
}

/* --- around the face --- */

static const uint8_t *pixel(const struct yf_pixels *pixels, uint32_t x,
			    uint32_t y)
{
	return pixels->rgb + 3 * ((size_t)y * pixels->w + x);
}

/* Beside the head and above it; hair reaches half a head beyond the box. */
static bool is_background(const struct yf_look *look, float x, float y)
{
	const float *box = look->box;
	const float side = 0.35f * box[2];

	if (y > box[1] + box[3])
		return false;
	return x < box[0] - side || x > box[0] + box[2] + side ||
	       y < box[1] - 0.6f * box[3];
}

static float plainness(const struct yf_pixels *pixels,
		       const struct yf_look *look)
{
	const uint32_t step = pixels->w / 80 + 1;
	double sum = 0;
	uint32_t count = 0;

	for (uint32_t y = step; y < pixels->h; y += step)
		for (uint32_t x = step; x < pixels->w; x += step) {
			if (!is_background(look, (float)x, (float)y))
				continue;
			const int here = (int)luma(pixel(pixels, x, y));
			const int dx =
				here - (int)luma(pixel(pixels, x - step, y));
			const int dy =
				here - (int)luma(pixel(pixels, x, y - step));
			sum += abs(dx) + abs(dy);
			count++;
		}
	/* Too little of it is seen to speak of it. */
	if (count < 50)
		return NAN;
	return (float)(1 / (1 + sum / count / 12));
}

/* Rows of the face box: steps from pixel to pixel, by place in the block. */
static float blockiness(const struct yf_pixels *pixels,
			const struct yf_look *look)
{
	enum { BLOCK = 8, ROWS = 40 };
	const float *box = look->box;
	const float w = (float)pixels->w, h = (float)pixels->h;
	const uint32_t x0 = (uint32_t)fminf(fmaxf(box[0], 1), w);
	const uint32_t y0 = (uint32_t)fminf(fmaxf(box[1], 0), h);
	const uint32_t x1 = (uint32_t)fminf(fmaxf(box[0] + box[2], 0), w);
	const uint32_t y1 = (uint32_t)fminf(fmaxf(box[1] + box[3], 0), h);
	uint32_t sums[BLOCK] = { 0 }, counts[BLOCK] = { 0 };

	if (x1 < x0 + 4 * BLOCK || y1 < y0 + 4 * BLOCK)
		return NAN;
	const uint32_t step = (y1 - y0) / ROWS + 1;
	for (uint32_t y = y0; y < y1; y += step) {
		const uint8_t *row = pixel(pixels, 0, y) + 1;
		for (uint32_t x = x0; x < x1; x++) {
			const int d =
				row[(size_t)3 * x] - row[(size_t)3 * (x - 1)];
			sums[x % BLOCK] += (uint32_t)abs(d);
			counts[x % BLOCK]++;
		}
	}
	double within = 0;
	for (int i = 1; i < BLOCK; i++)
		within += (double)sums[i] / counts[i] / (BLOCK - 1);
	const double border = (double)sums[0] / counts[0];
	return within > 0 ? (float)fmax(border / within - 1, 0) : 0;
}

/* --- points --- */

static float apart(const float a[static 2], const float b[static 2])
{
	return hypotf(a[0] - b[0], a[1] - b[1]);
}

/* Opening over width, of the wider one: a wink is no shut eye. */
static float eyes_open(const float p[][2])
{
	float open[2];

	for (size_t i = 0; i < 2; i++) {
		const float(*e)[2] = p + 36 + 6 * i;
		const float wide = apart(e[0], e[3]);
		const float high = (apart(e[1], e[5]) + apart(e[2], e[4])) / 2;
		open[i] = wide > 0 ? high / wide : 0;
	}
	return fmaxf(open[0], open[1]);
}

static void measure_points(const struct yf_look *look,
			   struct yufu_face_quality *out)
{
	const struct frame frame = frame_of(look);
	const float chin = hypotf(frame.down[0], frame.down[1]);
	struct yf_pose pose;

	memcpy(out->box, look->box, sizeof(out->box));
	memcpy(out->points, look->points, sizeof(out->points));
	out->point_count = YUFU_FACE_POINTS;
	out->score = look->score;
	if (yf_pose_of(look->points, &pose)) {
		out->yaw = pose.yaw;
		out->pitch = pose.pitch;
		out->roll = pose.roll;
	}
	out->inter_eye_distance = look->eye_distance;
	/* The eyes are half way down the head. */
	out->head_size = 2 * chin / (float)look->height;
	out->eyes_open = eyes_open(look->points);
	out->mouth_open = look->mouth;
}

/* --- judging --- */

uint32_t yf_quality_defect(yf_look_outcome outcome)
{
	static const uint32_t bits[] = {
		[YF_LOOK_FACE] = 0,
		[YF_LOOK_NONE] = 0,
		[YF_LOOK_MANY] = YUFU_DEFECT_SINGLE_FACE_PRESENT,
		[YF_LOOK_TOO_SMALL] = YUFU_DEFECT_INTER_EYE_DISTANCE,
		[YF_LOOK_TOO_DARK] = YUFU_DEFECT_UNDER_EXPOSURE,
		[YF_LOOK_TOO_BRIGHT] = YUFU_DEFECT_OVER_EXPOSURE,
		[YF_LOOK_BLURRED] = YUFU_DEFECT_SHARPNESS,
		[YF_LOOK_CUT_OFF] = YUFU_DEFECT_CROP,
	};

	return bits[outcome];
}

/* Written so that NaN is no defect. */
static uint32_t mark(bool bad, uint32_t bit)
{
	return bad ? bit : 0;
}

static uint32_t warnings_of(const struct yufu_face_quality *q)
{
	return mark(q->inter_eye_distance < eyes_good,
		    YUFU_DEFECT_INTER_EYE_DISTANCE) |
	       mark(q->head_size > head_large, YUFU_DEFECT_HEAD_SIZE) |
	       mark(fabsf(q->yaw) > yaw_good || fabsf(q->pitch) > pitch_good ||
			    fabsf(q->roll) > roll_good,
		    YUFU_DEFECT_HEAD_POSE) |
	       mark(q->eyes_open < eye_shut, YUFU_DEFECT_EYES_OPEN) |
	       mark(q->mouth_open > mouth_shut, YUFU_DEFECT_MOUTH_CLOSED) |
	       mark(q->luminance_mean < dark || q->under_exposure > lost_good,
		    YUFU_DEFECT_UNDER_EXPOSURE) |
	       mark(q->luminance_mean > bright || q->over_exposure > lost_good,
		    YUFU_DEFECT_OVER_EXPOSURE) |
	       mark(q->dynamic_range < range_good, YUFU_DEFECT_DYNAMIC_RANGE) |
	       mark(q->illumination_uniformity < even_good,
		    YUFU_DEFECT_ILLUMINATION_UNIFORMITY) |
	       mark(q->sharpness < sharp_good, YUFU_DEFECT_SHARPNESS);
}

uint32_t yf_quality_portrait(const struct yufu_face_quality *q)
{
	return q->defects | q->warnings |
	       mark(q->inter_eye_distance < portrait_eyes,
		    YUFU_DEFECT_INTER_EYE_DISTANCE) |
	       mark(fabsf(q->yaw) > portrait_yaw ||
			    fabsf(q->pitch) > portrait_pitch ||
			    fabsf(q->roll) > portrait_roll,
		    YUFU_DEFECT_HEAD_POSE) |
	       mark(q->under_exposure > portrait_lost,
		    YUFU_DEFECT_UNDER_EXPOSURE) |
	       mark(q->over_exposure > portrait_lost,
		    YUFU_DEFECT_OVER_EXPOSURE) |
	       mark(q->illumination_uniformity < portrait_even,
		    YUFU_DEFECT_ILLUMINATION_UNIFORMITY) |
	       mark(q->sharpness < portrait_sharp, YUFU_DEFECT_SHARPNESS) |
	       mark(q->natural_colour > portrait_colour,
		    YUFU_DEFECT_NATURAL_COLOUR) |
	       mark(q->background_uniformity < portrait_plain,
		    YUFU_DEFECT_BACKGROUND_UNIFORMITY) |
	       mark(q->compression_artifacts > portrait_blocks,
		    YUFU_DEFECT_COMPRESSION_ARTIFACTS);
}

static void blank(struct yufu_face_quality *out)
{
	float *const first = &out->unified;
	const size_t count =
		(sizeof(*out) - offsetof(struct yufu_face_quality, unified)) /
		sizeof(float);

	*out = (struct yufu_face_quality){ .size = sizeof(*out) };
	for (size_t i = 0; i < count; i++)
		first[i] = NAN;
}

void yf_quality_measure(const struct yf_pixels *pixels,
			const struct yf_look *look,
			struct yufu_face_quality *out)
{
	struct tally tally;

	blank(out);
	if (look->outcome == YF_LOOK_NONE)
		return;
	const struct frame frame = frame_of(look);
	measure_points(look, out);
	out->sharpness = look->sharpness;
	count_oval(pixels, &frame, &tally);
	if (tally.count) {
		measure_levels(&tally, out);
		out->illumination_uniformity = evenness(&tally);
		out->natural_colour = colour_distance(&tally);
	}
	out->background_uniformity = plainness(pixels, look);
	out->compression_artifacts = blockiness(pixels, look);
	out->defects = yf_quality_defect(look->outcome);
	out->warnings = warnings_of(out) & ~out->defects;
}

enum yufu_face_hint yf_quality_hint(uint32_t defects, enum yufu_face_hint none)
{
	static const struct {
		uint32_t bit;
		enum yufu_face_hint hint;
	} hints[] = {
		{ YUFU_DEFECT_SINGLE_FACE_PRESENT, YUFU_HINT_BE_ALONE },
		{ YUFU_DEFECT_CROP, YUFU_HINT_SHOW_FACE },
		{ YUFU_DEFECT_UNDER_EXPOSURE, YUFU_HINT_MORE_LIGHT },
		{ YUFU_DEFECT_OVER_EXPOSURE, YUFU_HINT_LESS_LIGHT },
		{ YUFU_DEFECT_DYNAMIC_RANGE, YUFU_HINT_MORE_LIGHT },
		{ YUFU_DEFECT_ILLUMINATION_UNIFORMITY,
		  YUFU_HINT_LIGHT_FROM_FRONT },
		{ YUFU_DEFECT_HEAD_SIZE, YUFU_HINT_STEP_BACK },
		{ YUFU_DEFECT_INTER_EYE_DISTANCE, YUFU_HINT_COME_NEARER },
		{ YUFU_DEFECT_SHARPNESS, YUFU_HINT_HOLD_STILL },
		{ YUFU_DEFECT_HEAD_POSE, YUFU_HINT_LOOK_STRAIGHT },
		{ YUFU_DEFECT_EYES_OPEN, YUFU_HINT_OPEN_EYES },
		{ YUFU_DEFECT_MOUTH_CLOSED, YUFU_HINT_CLOSE_MOUTH },
	};

	for (size_t i = 0; i < YF_COUNT(hints); i++) {
		if (defects & hints[i].bit)
			return hints[i].hint;
	}
	return none;
}
