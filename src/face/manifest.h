#pragma once

#include "base/arena.h"
#include "base/str.h"

/*
 * The weights of one network of a face-api package: a manifest (JSON) names
 * the tensors in the order in which they follow each other in a .bin file,
 * float32 or bytes with a scale and a least value.  Strangers' bytes, both.
 */
enum {
	YF_MANIFEST_TENSORS_MAX = 4096,
	YF_MANIFEST_TENSOR_MAX = 4 * 1024 * 1024, /* numbers of one */
};

struct yf_manifest_tensor {
	yf_str name;
	size_t count; /* of its numbers */
	yf_bytes raw; /* a view of the .bin file */
	bool quantized;
	double scale, least;
};

struct yf_manifest {
	const struct yf_manifest_tensor *tensors;
	size_t count;
};

/*
 * bin  must outlive `out`
 *
 * SYNTAX       not JSON, or not a list of one group of weights
 * MISSING      no list of weights; a tensor without name or shape
 * RANGE        a side that is no whole number from 1 on, a tensor that is too
 *              large or ends beyond the file, no scale to read bytes by
 * UNSUPPORTED  numbers of another type
 * TOO_LARGE, TOO_DEEP, DUPLICATE  as yf_json_parse(); too many tensors
 * MEMORY
 */
YF_CHECKED yf_err yf_manifest_parse(struct yf_arena *arena, yf_str text,
				    yf_bytes bin, struct yf_manifest *out);

/*
 * The `count` numbers of the tensor of that name, in the arena.
 *
 * MISSING  there is none
 * RANGE    it has another count
 * MEMORY
 */
YF_CHECKED yf_err yf_manifest_read(struct yf_arena *arena,
				   const struct yf_manifest *manifest,
				   yf_str name, size_t count,
				   const float **out);
