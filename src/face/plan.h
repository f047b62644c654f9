#pragma once

#include "base/err.h"
#include "base/str.h"
#include "face/kernel.h"

/*
 * The packed plan: the one file format of face networks.  `yufu face pack`
 * makes it from a face-api package or an ONNX model (face/pack.h); it is
 * mapped read-only, shared by all workers, and run without any further
 * allocation.  It is a list of jobs for the kernels (face/kernel.h) with the
 * place of every feature map in one block of memory, fixed when it was packed.
 *
 * Opening checks every offset, shape and bound, so that a damaged or hostile
 * file can give wrong numbers and nothing else; it does not read the weights,
 * so that it takes well under a millisecond.  That the file is the one that
 * was packed says its SHA-256, which `yufu face pack` wrote and installing
 * verifies (card/plan_file.h).
 *
 * Little-endian; offsets from the start of the file:
 *
 *	0     8  "YUFUFACE"
 *	8     4  version of this layout, 2
 *	12    4  number of programs
 *	16   32  SHA-256 of the file from offset 48 on
 *	48    8  length of the file
 *	56    8  reserved, 0
 *	64   80  five texts (id, name, licence, provenance, where the
 *	         calibration was measured): offset and length, 8 bytes each
 *	144  56  recognition: 4 bytes each: kind of alignment, mirror,
 *	         numbers of the output, rows of the calibration; five points
 *	         (x, y) in pixels of the input, fp32
 *	200 128  calibration: 16 rows: distance, log10 of the FMR, fp32
 *	328   4  distance within a session, fp32
 *	512  96  for each program, see below
 *	4096     texts, maps, jobs, weights; what kernels read is at
 *	         multiples of 64, the first weights at a multiple of 4096
 *
 * Program: 4 bytes each: kind, jobs, maps, index of the input map, index of
 * the output map, pictures at a time, colours in the order B G R; 4 reserved;
 * 8 bytes each: offset of the maps, offset of the jobs, floats of memory for
 * one picture, floats to work in; then mean and scale of the input, 3 fp32
 * each: (colour - mean) * scale; 8 reserved.
 *
 * Map, 32 bytes: h, w, c, halo, 4 bytes each; 8: place in memory, in floats,
 * for one picture (with n pictures everything is n times as far); 8 reserved.
 * Job, 96 bytes: see the order in plan.c.
 */
#define YF_PLAN_MAGIC "YUFUFACE"

enum {
	YF_PLAN_VERSION = 2,
	YF_PLAN_HEAD_LEN = 4096,
	YF_PLAN_DIGEST_AT = 16,
	YF_PLAN_DIGEST_LEN = 32,
	YF_PLAN_BODY_AT = 48, /* what the digest covers begins here */
	YF_PLAN_LEN_MAX = 512 * 1024 * 1024,
	YF_PLAN_PROGRAMS_MAX = 8,
	YF_PLAN_JOBS_MAX = 8192,
	YF_PLAN_MAPS_MAX = 8192,
	YF_PLAN_CALIBRATION_MAX = 16,
	YF_PLAN_OUTPUT_MAX = 512, /* numbers of a descriptor */
	YF_PLAN_PICTURES_MAX = 8,
	YF_PLAN_FLOATS_MAX = 64 * 1024 * 1024, /* memory of one program */
	YF_PLAN_TEXT_MAX = 256 * 1024,
};

typedef enum {
	YF_PROGRAM_DETECT,   /* a square picture to a grid, see face/detect.c */
	YF_PROGRAM_POINTS,   /* a face to 68 points */
	YF_PROGRAM_DESCRIBE, /* an aligned face to a descriptor */
} yf_program_kind;

typedef enum {
	YF_ALIGN_DLIB,  /* the 150-pixel chip of dlib, 33 of 68 points */
	YF_ALIGN_POINTS /* eye centres, nose tip, mouth corners */
} yf_align_kind;

/* How a face must lie in the input of the describer. */
struct yf_plan_alignment {
	yf_align_kind kind;
	/* POINTS: left eye, right eye (as seen in the picture), tip of the
	 * nose, left and right corner of the mouth; pixels of the input */
	float points[5][2];
};

/* At a limit of `distance` on two unit descriptors: 10^log10_fmr. */
struct yf_plan_limit {
	float distance, log10_fmr;
};

struct yf_program;

struct yf_plan {
	yf_bytes file;
	yf_bytes digest; /* as the file states it; not computed */
	yf_str id, name; /* e.g. "org.example.net/1", for people */
	yf_str licence, provenance;
	/* Of the describer, if there is one. */
	struct yf_plan_alignment alignment;
	bool mirror;     /* descriptors are means of the face and its mirror */
	uint32_t output; /* numbers of a descriptor, 0 without a describer */
	/* No farther apart are two frames of one person's camera session;
	 * looser than any limit for a decision.  0 without a describer. */
	float session_distance;
	struct yf_plan_limit calibration[YF_PLAN_CALIBRATION_MAX];
	uint32_t calibration_count; /* by rising distance; 0: not measured */
	yf_str calibration_where;
	struct yf_program *programs;
	uint32_t program_count;
};

/* One network.  Its numbers are checked; nobody else makes them. */
struct yf_program {
	yf_program_kind kind;
	struct yf_plan_job *jobs;
	struct yf_plan_map *maps;
	uint32_t job_count, map_count;
	uint32_t input, output; /* maps */
	uint32_t pictures_max;  /* at a time */
	bool blue_first;
	float mean[3], scale[3];
	size_t floats, work; /* of memory, see yf_program_floats() */
};

/*
 * Reads and checks a plan; `file` is 64-byte aligned and must stay.
 * MODEL   damaged, of another version, or for another processor
 * MEMORY
 */
YF_CHECKED yf_err yf_plan_check(yf_bytes file, struct yf_plan **out);

/* The same from a file, mapped.  NOT_FOUND, IO too. */
YF_CHECKED yf_err yf_plan_open(const char *path, struct yf_plan **out);
void yf_plan_close(struct yf_plan *plan);
void yf_plan_cleanup(struct yf_plan **plan);

/* NULL when there is none.  `side` is that of the input, 0: any. */
const struct yf_program *yf_plan_find(const struct yf_plan *plan,
				      yf_program_kind kind, uint32_t side);

/*
 * log10 of the false match rate that the model's calibration gives a limit of
 * `distance`: interpolated, and never better than its best row; 0 (every match
 * may be false) without a calibration and beyond its worst row.
 */
float yf_plan_log10_fmr(const struct yf_plan *plan, float distance);

/* Floats that a run with n pictures uses, n <= pictures_max. */
size_t yf_program_floats(const struct yf_program *program, uint32_t n);

/* Sides of the input and channels of the output. */
uint32_t yf_program_height(const struct yf_program *program);
uint32_t yf_program_width(const struct yf_program *program);

/*
 * Where n pictures go before the run, in `memory`, which is 64-byte aligned
 * and has yf_program_floats(); the halo is made zero.  Pixels are 3 floats,
 * (colour - mean) * scale in the order that blue_first says.
 */
struct yf_map yf_program_input(const struct yf_program *program, float *memory,
			       uint32_t n);

/* Runs it; what comes back is a view of the memory. */
struct yf_map yf_program_run(const struct yf_program *program,
			     const struct yf_kernel *kernel, float *memory,
			     uint32_t n);

/* --- what a plan consists of; only the packer and the executor care --- */
typedef enum {
	YF_JOB_CONV,
	YF_JOB_WINOGRAD,
	YF_JOB_DEPTHWISE,
	YF_JOB_ELEMENTWISE,
	YF_JOB_POOL_MAX,
	YF_JOB_POOL_AVG,
	YF_JOB_PLACE,   /* copies `channels` channels to row, column, channel */
	YF_JOB_FLATTEN, /* pixels behind each other */
	YF_JOB_KINDS,
} yf_job_kind;

#define YF_PLAN_NONE UINT32_MAX

struct yf_plan_map {
	uint32_t h, w, c, halo;
	uint64_t at; /* floats */
};

enum {
	YF_JOB_RELU = 1,   /* DEPTHWISE: of the input */
	YF_JOB_INSIDE = 2, /* POOL_AVG: count_inside */
	YF_JOB_CLEAR = 4,  /* PLACE: zeros first */
};

struct yf_plan_job {
	yf_job_kind kind;
	uint32_t in, out, add, mul; /* maps; YF_PLAN_NONE */
	uint32_t taps, stride;
	int32_t origin;
	uint32_t rows, columns;
	yf_act act;
	float low, high;
	uint32_t flags;
	/*
	 * The first of `span` jobs that go through their pictures together in
	 * bands of `band` rows of all but the last one's output: their maps
	 * stay in the cache.  0: a job by itself.
	 */
	uint32_t span, band;
	uint32_t row, column, channel, channels; /* PLACE */
	/* In the file; NULL where there are none.  ELEMENTWISE: scale and
	 * shift. */
	const float *weights, *bias, *slopes;
};

/* Floats of what a job reads, for the packer and the check alike. */
uint64_t yf_plan_weights(const struct yf_plan_job *job,
			 const struct yf_plan_map *in,
			 const struct yf_plan_map *out);

/* Unsigned little-endian numbers. */
static inline uint64_t yf_plan_get(const uint8_t *at, unsigned len)
{
	uint64_t value = 0;
	for (unsigned i = 0; i < len; i++)
		value |= (uint64_t)at[i] << (8 * i);
	return value;
}

static inline void yf_plan_put(uint8_t *at, unsigned len, uint64_t value)
{
	for (unsigned i = 0; i < len; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* Offsets of the fields of a job's 96 bytes. */
enum {
	YF_JOB_LEN = 96,
	YF_MAP_LEN = 32,
	YF_PROGRAM_LEN = 96,
	YF_PLAN_TEXTS_AT = 64,
	YF_PLAN_TEXTS = 5,
	YF_PLAN_RECOGNITION_AT = 144,
	YF_PLAN_CALIBRATION_AT = 200,
	YF_PLAN_SESSION_AT = 328,
	YF_PLAN_PROGRAMS_AT = 512,
};

/* The record of a job: 17 numbers of 4 bytes, 4 to fill, 3 offsets of 8. */
void yf_plan_put_job(uint8_t out[static YF_JOB_LEN],
		     const struct yf_plan_job *job,
		     const uint64_t at[static 3]);
