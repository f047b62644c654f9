#pragma once

#include <stdio.h>

#include "base/clock.h"
#include "codec/json.h"

/*
 * What a walk through the city tells: numbered steps with what was done in
 * them, what was expected, and whether it came so.  Prose for people, and one
 * JSON object for programs.
 */
enum { YF_STORY_STEPS_MAX = 32 };

struct yf_story_step {
	const char *title;
	bool ok;
	int64_t took_ms;
	yf_str problem; /* empty when ok */
};

struct yf_story {
	FILE *prose; /* borrowed */
	bool colour;
	struct yf_clock clock;
	struct yf_arena *arena; /* borrowed, outlives the story */
	struct yf_story_step steps[YF_STORY_STEPS_MAX];
	size_t count;
	int64_t began_ms;
};

void yf_story_begin(struct yf_story *story, const char *title);

/* One line inside a step. */
void yf_story_say(struct yf_story *story, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* A line with a mark; a false one fails the step. */
void yf_story_expect(struct yf_story *story, bool holds, const char *format,
		     ...) __attribute__((format(printf, 3, 4)));

/* An error fails the step too. */
void yf_story_end(struct yf_story *story, yf_err err);

/* Every step came as expected, and there was at least one. */
bool yf_story_is_good(const struct yf_story *story);

/* {"ok","steps":[{"title","ok","took_ms","problem"}]}.  MEMORY */
YF_CHECKED yf_err yf_story_json(const struct yf_story *story, yf_str *out);
