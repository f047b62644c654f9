#pragma once

#include "base/arena.h"
#include "base/str.h"
#include "face/plan.h"

/*
 * NAME.ini beside a model file: what the file itself does not say.
 *
 *	[model]
 *	id = org.example.net/1          ; goes with every template
 *	name = Example Net
 *	licence = Apache-2.0            ; its name
 *	licence_file = LICENCE.txt      ; its text, beside the sidecar
 *	provenance = who made it, on which pictures, with whose agreement
 *
 *	[input]
 *	colour = rgb                    ; or bgr
 *	mean = 127.5 127.5 127.5        ; of colours 0 to 255,
 *	deviation = 128 128 128         ; in the order of `colour`
 *
 *	[alignment]
 *	kind = points                   ; or dlib-150
 *	left_eye = 38.295 51.696        ; x and y in the input, as seen in
 *	right_eye = 73.532 51.501       ; the picture
 *	nose = 56.025 71.737
 *	left_mouth = 41.549 92.366
 *	right_mouth = 70.730 92.204
 *
 *	[output]
 *	length = 128                    ; 0: whatever the model has
 *	mirror = yes
 *	session_distance = 1.1          ; two frames of one person's session are
 *	                                ; no farther apart
 *
 *	[calibration]
 *	limits = 0.9:-2 0.8:-3          ; distance:log10 of the FMR
 *	measured = on what, by whom
 *
 * licence, licence_file, provenance, and the calibration may be left out;
 * id, name, alignment.kind and output.session_distance may not.
 */
struct yf_sidecar {
	yf_str id, name;
	yf_str licence;      /* its name, or "" */
	yf_str licence_file; /* as written, or "" */
	yf_str licence_text; /* the caller's to set, else the name is packed */
	yf_str provenance;
	bool blue_first;
	float mean[3], deviation[3];
	struct yf_plan_alignment alignment;
	uint32_t length;
	bool mirror;
	float session_distance;
	struct yf_plan_limit calibration[YF_PLAN_CALIBRATION_MAX];
	uint32_t calibration_count;
	yf_str calibration_where;
};

/*
 * path     for messages
 * problem  on CONFIG one line with file, line and key
 * CONFIG, MEMORY
 */
YF_CHECKED yf_err yf_sidecar_parse(struct yf_arena *arena, const char *path,
				   yf_str text, struct yf_sidecar *out,
				   yf_str *problem);

/* Reads the file, and the text of the licence where it names one.
 * NOT_FOUND, IO, TOO_LARGE too. */
YF_CHECKED yf_err yf_sidecar_load(struct yf_arena *arena, const char *path,
				  struct yf_sidecar *out, yf_str *problem);
