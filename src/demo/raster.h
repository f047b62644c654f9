#pragma once

#include "demo/picture.h"

/*
 * A software rasteriser, as small as the demo's camera needs: triangles with
 * depth, a texture or a colour, and soft edges.
 */
struct yf_canvas {
	struct yf_picture *picture;
	float *depth; /* one per pixel, smaller is nearer */
};

struct yf_corner {
	float x, y, z; /* pixels; z only has to be ordered */
	float u, v;    /* place in the texture, pixels, clamped to its edge */
	float alpha;   /* 0 .. 1 */
	float light;   /* factor of the texture's colour */
};

/* Later pictures start from here. */
void yf_canvas_clear(struct yf_canvas *canvas,
		     const struct yf_picture *background);

/* Draws what is nearer than what is there. */
void yf_canvas_triangle(struct yf_canvas *canvas,
			const struct yf_corner corners[static 3],
			const struct yf_picture *texture);

/* Sensor noise: every channel by -amount .. amount, from the seed. */
void yf_picture_noise(struct yf_picture *picture, unsigned amount,
		      uint64_t seed);

/* Fills `out` with `in`, scaled and smoothed until nothing is to be known. */
void yf_picture_blur(const struct yf_picture *in, struct yf_picture *out);
