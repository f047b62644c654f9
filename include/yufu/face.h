/* SPDX-License-Identifier: Apache-2.0 */
#ifndef YUFU_FACE_H
#define YUFU_FACE_H

#include <stdint.h>

/*
 * A face engine for yufu: what a vendor implements as a shared object.
 *
 * The object exports one symbol, yufu_face_engine_v1(), and nothing else that
 * yufu looks for.  The host loads it in a worker process, calls open() there
 * and then locks the process in: no files, no network, no further processes
 * or threads, bounded memory, a deadline for each call.  A call that crashes
 * or hangs costs its answer and the process; the host starts another one.
 *
 * What an engine does is one to one: it measures a picture, makes a template
 * of the face of ONE person, compares TWO templates, and judges whether a
 * living person follows what was asked.  There is no call that searches
 * a face among many, none that guesses emotion, age, sex or origin, none that
 * takes a camera's stream, and a host must not build one from these (see
 * doc/rights.md, and doc/face.md for the bound on comparing with a few).
 *
 * Rules for every call after open():
 *  - no allocation, no file, no thread: all working memory is `scratch`,
 *    64-byte aligned, of the length that open() asked for.  It holds anything
 *    at the start, and the host wipes it afterwards;
 *  - nothing of a person is kept anywhere else: the state is not written
 *    after open(), so that one state may serve several threads with a scratch
 *    each;
 *  - the same bytes in give the same bytes out, in every thread and process,
 *    on the same kind of processor;
 *  - every out parameter is written whole, and only when the result is zero
 *    or positive; a struct is written up to the `size` that the host set.
 *
 * Versions: every struct begins with its size.  The host sets it in those it
 * passes, the engine in the table it returns; whoever is older reads and
 * writes only what it knows.  What changes incompatibly gets another
 * yufu_face_engine_vN.
 */
#ifdef __cplusplus
extern "C" {
#endif

#define YUFU_FACE_ABI 1u

enum {
	YUFU_FACE_SIDE_MAX = 4096, /* pixels, of a picture */
	YUFU_FACE_IMAGES_MAX = 8,  /* of one enrol() */
	YUFU_FACE_POINTS = 68,
	YUFU_FACE_STEPS_MAX = 6,
	YUFU_FACE_ID_LEN_MAX = 63,
	YUFU_FACE_VERSION_LEN_MAX = 31,
	YUFU_FACE_HASH_LEN = 32,
	YUFU_FACE_TEMPLATE_LEN_MAX = 4096,
	YUFU_FACE_SESSION_LEN_MAX = 65536,
	YUFU_FACE_SCRATCH_LEN_MAX = 256 * 1024 * 1024,
};

/* Zero and positive are ordinary answers about a picture, negative ones say
 * that the call could not be carried out. */
enum yufu_face_result {
	YUFU_FACE_OK = 0,
	YUFU_FACE_NO_FACE = 1,
	YUFU_FACE_MANY_FACES = 2,
	YUFU_FACE_QUALITY = 3, /* one face, not usable: see the defects */

	YUFU_FACE_BAD_ARGUMENT = -1,
	YUFU_FACE_BAD_TEMPLATE = -2, /* not one of this engine and model */
	YUFU_FACE_BAD_MODEL = -3,
	YUFU_FACE_BAD_SESSION = -4,
	YUFU_FACE_NO_MEMORY = -5,
	YUFU_FACE_NOT_SUPPORTED = -6,
	YUFU_FACE_INTERNAL = -7,
};

enum yufu_face_format {
	YUFU_FACE_RGB8 = 0, /* three bytes a pixel: red, green, blue */
	YUFU_FACE_GREY8 = 1,
};

/* The host sends RGB8 in rows without gaps; an engine that is given anything
 * else may answer NOT_SUPPORTED. */
struct yufu_face_image {
	uint32_t size;
	uint32_t width, height; /* 1..YUFU_FACE_SIDE_MAX */
	uint32_t stride;        /* bytes from row to row */
	uint32_t format;        /* enum yufu_face_format */
	uint32_t reserved;      /* 0 */
	uint64_t time_us;       /* of the server, when it came; 0 unknown */
	const uint8_t *pixels;  /* top row first, upright, not mirrored */
};

/*
 * What is wrong with the picture of a face, named after the measures of
 * ISO/IEC 29794-5:2025 that it fails.  Bits.
 */
enum yufu_face_defect {
	YUFU_DEFECT_SINGLE_FACE_PRESENT = 1u << 0, /* others are there too */
	YUFU_DEFECT_INTER_EYE_DISTANCE = 1u << 1,  /* too few pixels */
	YUFU_DEFECT_HEAD_SIZE = 1u << 2,           /* too close */
	YUFU_DEFECT_CROP = 1u << 3,                /* cut off by the edge */
	YUFU_DEFECT_HEAD_POSE = 1u << 4,           /* turned or tilted */
	YUFU_DEFECT_EYES_OPEN = 1u << 5,           /* they are shut */
	YUFU_DEFECT_MOUTH_CLOSED = 1u << 6,        /* it is open */
	YUFU_DEFECT_UNDER_EXPOSURE = 1u << 7,
	YUFU_DEFECT_OVER_EXPOSURE = 1u << 8,
	YUFU_DEFECT_DYNAMIC_RANGE = 1u << 9, /* flat, as through fog */
	YUFU_DEFECT_ILLUMINATION_UNIFORMITY = 1u << 10, /* light from aside */
	YUFU_DEFECT_SHARPNESS = 1u << 11,               /* blurred */
	YUFU_DEFECT_NATURAL_COLOUR = 1u << 12,
	YUFU_DEFECT_BACKGROUND_UNIFORMITY = 1u << 13,
	YUFU_DEFECT_COMPRESSION_ARTIFACTS = 1u << 14,
};

/*
 * What was measured.  A number that the engine does not measure is NaN, and
 * so is every number when there is no face.
 */
struct yufu_face_quality {
	uint32_t size;
	uint32_t defects;     /* that make the face unusable */
	uint32_t warnings;    /* defects that a person might mend, usable */
	uint32_t point_count; /* 0 or YUFU_FACE_POINTS */
	float unified;        /* 0..100, falls as expected FNMR grows */
	float score;          /* of the detector, 0..1 */
	float box[4];         /* x, y, width, height, pixels */
	/* The iBUG scheme; left and right as the viewer sees them; pixels. */
	float points[YUFU_FACE_POINTS][2];
	/* Degrees.  yaw: to THEIR left; pitch: up; roll: head to THEIR right
	 * shoulder, each positive. */
	float yaw, pitch, roll;
	float inter_eye_distance;    /* pixels */
	float head_size;             /* height of the head over the picture's */
	float eyes_open, mouth_open; /* opening over width */
	float luminance_mean, luminance_sd;  /* 0..255, of the face */
	float under_exposure, over_exposure; /* share of its pixels */
	float dynamic_range;                 /* bits, 0..8 */
	float illumination_uniformity;       /* 0..1, 1 alike on both sides */
	float sharpness;
	float natural_colour;        /* distance from skin in a*b*, 0 good */
	float background_uniformity; /* 0..1, 1 plain */
	float compression_artifacts; /* blockiness, 0 none */
};

enum yufu_face_role {
	YUFU_FACE_PORTRAIT = 0, /* from a register or document */
	YUFU_FACE_PROBE = 1,    /* of a live session */
	/*
	 * Added to either, for measuring the engine and never for deciding:
	 * of each picture the main face, whatever its quality and however many
	 * others are there, so that only NO_FACE is a failure to enrol.
	 */
	YUFU_FACE_MEASURE = 2,
};

struct yufu_face_match {
	uint32_t size;
	float score; /* grows with likeness; the engine's own scale, finite */
	/*
	 * What the vendor claims: the decimal logarithm of the share of pairs
	 * of different people that score at least this, -12..0.  A deployment
	 * decides by it, `yufu face bench` measures whether it is true.
	 */
	float log10_fmr;
	uint32_t reserved;
};

/* What a person is asked to do.  Left and right are the PERSON'S own. */
enum yufu_face_step {
	YUFU_STEP_NEUTRAL = 0, /* look straight, mouth closed; never drawn */
	YUFU_STEP_TURN_LEFT = 1,
	YUFU_STEP_TURN_RIGHT = 2,
	YUFU_STEP_OPEN_MOUTH = 3,
	YUFU_STEP_COME_CLOSER = 4,
	YUFU_STEP_LOOK_UP = 5,
};

/* Set by the host at the beginning and the same in every call of a session. */
struct yufu_face_challenge {
	uint32_t size;
	uint32_t step_count; /* 0..YUFU_FACE_STEPS_MAX */
	/* Drawn by the host's CSPRNG; the engine shows one at a time. */
	uint32_t steps[YUFU_FACE_STEPS_MAX];
	uint32_t accessible; /* 1: longer deadlines, fewer and easier moves */
	uint32_t reserved;
	uint64_t begun_us; /* server time */
};

enum yufu_face_state {
	YUFU_STATE_GO_ON = 0,
	YUFU_STATE_PASSED = 1,
	YUFU_STATE_FAILED = 2,
};

/* Why a session failed.  Below 32 no usable picture of a face came, which is
 * no fault of the person; from 32 on the challenge was not passed. */
enum yufu_face_reason {
	YUFU_REASON_NONE = 0,
	YUFU_REASON_NO_FACE = 1,
	YUFU_REASON_MANY_FACES = 2,
	YUFU_REASON_TOO_SMALL = 3,
	YUFU_REASON_TOO_DARK = 4,
	YUFU_REASON_TOO_BRIGHT = 5,
	YUFU_REASON_BLURRED = 6,
	YUFU_REASON_CUT_OFF = 7,
	YUFU_REASON_TOO_FEW = 8, /* pictures came too rarely */
	YUFU_REASON_TOO_SLOW = 32,
	YUFU_REASON_TOO_FAST = 33,
	YUFU_REASON_WRONG_MOVE = 34,
	YUFU_REASON_FLAT = 35,
	YUFU_REASON_NO_PERSPECTIVE = 36,
	YUFU_REASON_JUMP = 37,
	YUFU_REASON_FROZEN = 38,
	YUFU_REASON_ANOTHER_PERSON = 39,
	YUFU_REASON_NOT_LIVE = 40, /* the engine's own judgement */
	YUFU_REASON_TIMING = 41,   /* not the rhythm of a camera */
};

/* What the page may tell the person just now; never needed to pass. */
enum yufu_face_hint {
	YUFU_HINT_LOOK_STRAIGHT = 0,
	YUFU_HINT_CLOSE_MOUTH = 1,
	YUFU_HINT_STEP_BACK = 2,
	YUFU_HINT_DO_STEP = 3,
	YUFU_HINT_A_BIT_MORE = 4,
	YUFU_HINT_HOLD = 5,
	YUFU_HINT_OTHER_MOVE = 6,
	YUFU_HINT_SHOW_FACE = 7,
	YUFU_HINT_BE_ALONE = 8,
	YUFU_HINT_COME_NEARER = 9,
	YUFU_HINT_MORE_LIGHT = 10,
	YUFU_HINT_LESS_LIGHT = 11,
	YUFU_HINT_HOLD_STILL = 12,
	YUFU_HINT_LIGHT_FROM_FRONT = 13,
	YUFU_HINT_OPEN_EYES = 14,
};

struct yufu_face_progress {
	uint32_t size;
	uint32_t state;        /* enum yufu_face_state */
	uint32_t reason;       /* enum yufu_face_reason */
	uint32_t hint;         /* enum yufu_face_hint */
	uint32_t shown;        /* enum yufu_face_step that is to be shown now */
	uint32_t step_index;   /* how many steps are done */
	uint32_t left_ms;      /* until what is shown is too late */
	uint32_t image_result; /* of this picture: 0..YUFU_FACE_QUALITY */
	struct yufu_face_quality quality; /* of this picture */
};

struct yufu_face_config {
	uint32_t size;
	uint32_t reserved;
	uint64_t memory_len_max; /* bytes that open() may hold on to */
	const char *folder;      /* of the engine's own files, read-only */
	const char *model;       /* a file to use, or NULL: the engine's own */
};

/* Opaque: what open() made. */
struct yufu_face;

struct yufu_face_opened {
	uint32_t size;
	uint32_t template_len; /* 1..YUFU_FACE_TEMPLATE_LEN_MAX */
	uint32_t session_len;  /* 0..YUFU_FACE_SESSION_LEN_MAX */
	uint32_t reserved;
	uint64_t scratch_len; /* 0..YUFU_FACE_SCRATCH_LEN_MAX */
	/* SHA-256 over everything that scores depend on. */
	uint8_t model_hash[YUFU_FACE_HASH_LEN];
};

struct yufu_face_engine {
	uint32_t size;
	uint32_t abi;        /* YUFU_FACE_ABI */
	const char *id;      /* "org.example.face", [a-z0-9.-], pinned */
	const char *version; /* [0-9a-z.+-]; templates of another are refused */

	/* Reads what it needs; afterwards there are no files.
	 * BAD_ARGUMENT, BAD_MODEL, NO_MEMORY */
	int32_t (*open)(const struct yufu_face_config *config,
			struct yufu_face **state,
			struct yufu_face_opened *opened);

	void (*close)(struct yufu_face *state);

	/* Measures one picture.  OK, NO_FACE, MANY_FACES, QUALITY. */
	int32_t (*quality)(const struct yufu_face *state, void *scratch,
			   const struct yufu_face_image *image,
			   struct yufu_face_quality *out);

	/*
	 * One template from 1..YUFU_FACE_IMAGES_MAX pictures of one person.
	 * `measured` has `count` entries, each of the size that the first one
	 * says.  `role` is an enum yufu_face_role.  Pictures without a usable
	 * face are left out; when none is left the result is that of the first
	 * one. `out` has room for opened.template_len bytes, and `out_len` says
	 * how many were used: 0 unless the result is OK.
	 */
	int32_t (*enrol)(const struct yufu_face *state, void *scratch,
			 const struct yufu_face_image *images, uint32_t count,
			 uint32_t role, uint8_t *out, uint32_t *out_len,
			 struct yufu_face_quality *measured);

	/* Compares two templates of this engine, version and model.
	 * OK, BAD_TEMPLATE. */
	int32_t (*match)(const struct yufu_face *state, const uint8_t *probe,
			 uint32_t probe_len, const uint8_t *reference,
			 uint32_t reference_len, struct yufu_face_match *out);

	/*
	 * One picture of a session, or none (image NULL): only time passes.
	 * `session` has opened.session_len bytes, all zero before the first
	 * call; the host carries it between calls, because the next picture
	 * may go to another process.  When the state becomes PASSED, `probe`
	 * gets the template of the session's best pictures.
	 * A vendor without a liveness check of its own leaves this NULL; the
	 * host then refuses to let its matches count as live.
	 * OK, BAD_SESSION, BAD_ARGUMENT
	 */
	int32_t (*challenge)(const struct yufu_face *state, void *scratch,
			     uint8_t *session,
			     const struct yufu_face_challenge *challenge,
			     const struct yufu_face_image *image,
			     uint64_t now_us, struct yufu_face_progress *out,
			     uint8_t *probe, uint32_t *probe_len);
};

/* The one symbol of an engine.  Static memory. */
const struct yufu_face_engine *yufu_face_engine_v1(void);

#ifdef __cplusplus
}
#endif

#endif
