#include "face/nets.h"

#include "base/secret.h"

enum { PICTURES = 2 }; /* a face and its mirror image */

static bool gives(const struct yf_program *program, uint32_t numbers)
{
	const struct yf_plan_map *map = &program->maps[program->output];

	return map->h == 1 && map->w == 1 && map->c >= numbers;
}

/* Of the detector: a square grid whose pixels hold all anchors. */
static bool is_grid(const struct yf_program *program)
{
	const struct yf_plan_map *map = &program->maps[program->output];

	return map->h == map->w &&
	       map->c >= YF_DETECT_ANCHORS * YF_DETECT_VALUES;
}

static bool is_square(const struct yf_program *program)
{
	return yf_program_height(program) == yf_program_width(program);
}

yf_err yf_nets_find(const struct yf_plan *finder,
		    const struct yf_plan *describer,
		    const struct yf_kernel *kernel, struct yf_nets *out)
{
	static const uint32_t sides[YF_DETECT_SIDES] = YF_DETECT_SIDES_LIST;
	const struct yf_plan *from = describer ? describer : finder;
	struct yf_nets nets = {
		.kernel = kernel,
		.points =
			yf_plan_find(finder, YF_PROGRAM_POINTS, YF_POINTS_SIDE),
		.describe = yf_plan_find(from, YF_PROGRAM_DESCRIBE, 0),
		.alignment = from->alignment,
		.output = from->output,
		.mirror = from->mirror,
		.session_distance = from->session_distance,
	};

	for (size_t i = 0; i < YF_DETECT_SIDES; i++) {
		nets.detect[i] =
			yf_plan_find(finder, YF_PROGRAM_DETECT, sides[i]);
		if (!nets.detect[i] || !is_square(nets.detect[i]) ||
		    !is_grid(nets.detect[i]))
			return YF_FAIL(MODEL);
	}
	if (!nets.points || !is_square(nets.points) ||
	    !gives(nets.points, 2 * YF_FACE_POINTS) || !nets.describe ||
	    !is_square(nets.describe) || nets.describe->pictures_max < PICTURES)
		return YF_FAIL(MODEL);
	*out = nets;
	return YF_OK;
}

size_t yf_nets_floats(const struct yf_nets *nets)
{
	size_t most = yf_program_floats(nets->describe, PICTURES);
	const size_t points = yf_program_floats(nets->points, 1);

	if (points > most)
		most = points;
	for (size_t i = 0; i < YF_DETECT_SIDES; i++) {
		const size_t floats = yf_program_floats(nets->detect[i], 1);
		if (floats > most)
			most = floats;
	}
	return most;
}

const struct yf_program *yf_nets_detector(const struct yf_nets *nets,
					  uint32_t side)
{
	for (size_t i = 0; i < YF_DETECT_SIDES; i++)
		if (yf_program_width(nets->detect[i]) == side)
			return nets->detect[i];
	return NULL;
}

struct yf_map yf_nets_input(struct yf_nets *nets,
			    const struct yf_program *program, uint32_t n)
{
	const size_t floats = yf_program_floats(program, n);

	if (floats > nets->peak)
		nets->peak = floats;
	return yf_program_input(program, nets->memory, n);
}

struct yf_map yf_nets_run(struct yf_nets *nets,
			  const struct yf_program *program, uint32_t n)
{
	return yf_program_run(program, nets->kernel, nets->memory, n);
}

void yf_nets_wipe(struct yf_nets *nets)
{
	yf_wipe(nets->memory, nets->peak * sizeof(float));
	nets->peak = 0;
}
