#include "face/input.h"

/* What yf_sample() gives anyway. */
static bool is_usual(const struct yf_program *program)
{
	const float usual = 1.0f / 255;

	return !program->blue_first && program->scale[0] == usual &&
	       program->scale[1] == usual && program->scale[2] == usual;
}

static void convert(const struct yf_program *program, const struct yf_map *out,
		    uint32_t n)
{
	for (uint32_t y = 0; y < out->h; y++)
		for (uint32_t x = 0; x < out->w; x++) {
			float *at =
				yf_map_pixel(out, n, (int32_t)y, (int32_t)x);
			const float rgb[3] = { at[0] * 255, at[1] * 255,
					       at[2] * 255 };

			for (int c = 0; c < 3; c++)
				at[c] = (rgb[program->blue_first ? 2 - c : c] -
					 program->mean[c]) *
					program->scale[c];
		}
}

void yf_input_fill(const struct yf_program *program,
		   const struct yf_pixels *pixels,
		   const struct yf_affine *where, const struct yf_map *out,
		   uint32_t n)
{
	static const float black[3] = { 0, 0, 0 };
	const bool usual = is_usual(program);

	yf_sample(pixels, where, yf_sample_reach(where),
		  usual ? program->mean : black, out, n);
	if (!usual)
		convert(program, out, n);
}
