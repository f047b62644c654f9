#include "demo/story.h"

#include <assert.h>
#include <stdarg.h>

enum { LINE_LEN_MAX = 512 };

#define GREEN "\033[32m"
#define RED "\033[31m"
#define BOLD "\033[1m"
#define PLAIN "\033[0m"

static const char *paint(const struct yf_story *story, const char *colour)
{
	return story->colour ? colour : "";
}

void yf_story_begin(struct yf_story *story, const char *title)
{
	assert(story->count < YF_STORY_STEPS_MAX);
	story->steps[story->count] = (struct yf_story_step){
		.title = title,
		.ok = true,
	};
	story->began_ms = yf_clock_mono_ms(&story->clock);
	fprintf(story->prose, "\n%s%2zu. %s%s\n", paint(story, BOLD),
		story->count + 1, title, paint(story, PLAIN));
	fflush(story->prose);
}

void yf_story_say(struct yf_story *story, const char *format, ...)
{
	va_list args;

	fputs("      ", story->prose);
	va_start(args, format);
	vfprintf(story->prose, format, args);
	va_end(args);
	fputc('\n', story->prose);
	fflush(story->prose);
}

static void fail(struct yf_story *story, const char *why)
{
	struct yf_story_step *step = &story->steps[story->count];

	step->ok = false;
	if (step->problem.len ||
	    yf_failed(
		    yf_str_copy(story->arena, yf_str_of(why), &step->problem)))
		return;
}

void yf_story_expect(struct yf_story *story, bool holds, const char *format,
		     ...)
{
	char line[LINE_LEN_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	fprintf(story->prose, "    %s%s%s %s\n",
		paint(story, holds ? GREEN : RED),
		holds ? "+" : "NOT SO:", paint(story, PLAIN), line);
	fflush(story->prose);
	if (!holds)
		fail(story, line);
}

void yf_story_end(struct yf_story *story, yf_err err)
{
	struct yf_story_step *step = &story->steps[story->count];

	if (yf_failed(err)) {
		char line[LINE_LEN_MAX];
		snprintf(line, sizeof(line), "%s (%s at %s)", yf_err_text(err),
			 yf_err_name(err), err.where);
		yf_story_expect(story, false, "%s", line);
	}
	step->took_ms = yf_clock_mono_ms(&story->clock) - story->began_ms;
	story->count++;
}

bool yf_story_is_good(const struct yf_story *story)
{
	for (size_t i = 0; i < story->count; i++)
		if (!story->steps[i].ok)
			return false;
	return story->count > 0;
}

yf_err yf_story_json(const struct yf_story *story, yf_str *out)
{
	struct yf_json_out json = yf_json_out_new(story->arena, 4096);

	yf_json_out_object(&json, NULL);
	yf_json_out_bool(&json, "ok", yf_story_is_good(story));
	yf_json_out_array(&json, "steps");
	for (size_t i = 0; i < story->count; i++) {
		const struct yf_story_step *step = &story->steps[i];
		yf_json_out_object(&json, NULL);
		yf_json_out_text(&json, "title", step->title);
		yf_json_out_bool(&json, "ok", step->ok);
		yf_json_out_int(&json, "took_ms", step->took_ms);
		if (step->problem.len)
			yf_json_out_str(&json, "problem", step->problem);
		yf_json_out_close(&json);
	}
	yf_json_out_close(&json);
	yf_json_out_close(&json);
	return yf_json_out_end(&json, out);
}
