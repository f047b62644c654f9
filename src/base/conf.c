#define _DEFAULT_SOURCE
#include "base/conf.h"

#include <assert.h>

#include <ini.h>

#include "base/file.h"

/* libinih calls for each pair while it reads; lines are counted at the feed. */
struct reading {
	struct yf_conf *conf;
	yf_str rest;
	unsigned line;
	yf_err err;
};

static yf_err refuse(struct yf_conf *conf, unsigned line, const char *what,
		     const char *section, const char *name)
{
	YF_TRY(yf_str_format(conf->arena, &conf->problem, "%s:%u: [%s] %s: %s",
			     conf->path, line, section, name, what));
	return YF_FAIL(CONFIG);
}

static struct yf_conf_entry *find(const struct yf_conf *conf,
				  const char *section, const char *name)
{
	for (size_t i = 0; i < conf->count; i++)
		if (strcmp(conf->keys[i].section, section) == 0 &&
		    strcmp(conf->keys[i].name, name) == 0)
			return &conf->entries[i];
	return NULL;
}

static yf_err take_pair(struct reading *reading, const char *section,
			const char *name, const char *value)
{
	struct yf_conf *conf = reading->conf;
	struct yf_conf_entry *entry = find(conf, section, name);

	if (!entry)
		return refuse(conf, reading->line, "no such key", section,
			      name);
	if (entry->line)
		return refuse(conf, reading->line, "is there twice", section,
			      name);
	entry->line = reading->line;
	return yf_str_copy(conf->arena, yf_str_of(value), &entry->value);
}

static int on_pair(void *user, const char *section, const char *name,
		   const char *value)
{
	struct reading *reading = user;

	if (!yf_failed(reading->err))
		reading->err = take_pair(reading, section, name, value);
	return !yf_failed(reading->err);
}

/* fgets() of libinih, from memory. */
static char *on_line(char *out, int room, void *stream)
{
	struct reading *reading = stream;
	yf_str line;

	if (!reading->rest.len)
		return NULL;
	reading->line++;
	if (!yf_str_cut(&reading->rest, '\n', &line)) {
		line = reading->rest;
		reading->rest = (yf_str){ NULL, 0 };
	}
	/* libinih would read the tail of a long line as another line. */
	if (line.len + 2 > (size_t)room) {
		if (!yf_failed(reading->err))
			reading->err = refuse(reading->conf, reading->line,
					      "the line is too long", "", "");
		line.len = 0;
	}
	memcpy(out, line.ptr, line.len);
	out[line.len] = '\n';
	out[line.len + 1] = '\0';
	return out;
}

static yf_err fill_in(struct yf_conf *conf)
{
	for (size_t i = 0; i < conf->count; i++) {
		const struct yf_conf_key *key = &conf->keys[i];
		if (conf->entries[i].line)
			continue;
		if (!key->fallback)
			return refuse(conf, 0, "is missing", key->section,
				      key->name);
		conf->entries[i].value = yf_str_of(key->fallback);
	}
	return YF_OK;
}

yf_err yf_conf_parse(struct yf_arena *arena, const char *path, yf_str text,
		     const struct yf_conf_key *keys, size_t count,
		     struct yf_conf *out)
{
	struct yf_conf conf = {
		.arena = arena, .path = path, .keys = keys, .count = count
	};
	struct reading reading = { .conf = &conf, .rest = text };

	*out = conf;
	if (text.len > YF_CONF_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	conf.entries = YF_NEW(arena, struct yf_conf_entry, count);
	if (!conf.entries)
		return YF_FAIL(MEMORY);
	if (!yf_str_is_printable(text, true))
		reading.err = refuse(&conf, 0,
				     "is not UTF-8 text without control"
				     " characters",
				     "", "");
	int bad = 0;
	if (!yf_failed(reading.err))
		bad = ini_parse_stream(on_line, &reading, on_pair, &reading);
	if (!yf_failed(reading.err) && bad > 0)
		reading.err =
			refuse(&conf, (unsigned)bad,
			       "is neither [section] nor key = value", "", "");
	if (!yf_failed(reading.err) && bad < 0)
		reading.err = YF_FAIL(MEMORY);
	if (!yf_failed(reading.err))
		reading.err = fill_in(&conf);
	*out = conf;
	return reading.err;
}

yf_err yf_conf_load(struct yf_arena *arena, const char *path,
		    const struct yf_conf_key *keys, size_t count,
		    struct yf_conf *out)
{
	yf_bytes text;

	*out = (struct yf_conf){ .arena = arena, .path = path };
	YF_TRY(yf_file_load(arena, path, YF_CONF_LEN_MAX, &text));
	return yf_conf_parse(arena, path, yf_str_from(text), keys, count, out);
}

static struct yf_conf_entry *entry_of(const struct yf_conf *conf,
				      const char *section, const char *name)
{
	struct yf_conf_entry *entry = find(conf, section, name);

	assert(entry);
	return entry;
}

yf_str yf_conf_str(const struct yf_conf *conf, const char *section,
		   const char *name)
{
	return entry_of(conf, section, name)->value;
}

yf_err yf_conf_int(struct yf_conf *conf, const char *section, const char *name,
		   int64_t min, int64_t max, int64_t *out)
{
	const struct yf_conf_entry *entry = entry_of(conf, section, name);
	int64_t value;

	if (yf_str_to_int(entry->value, &value) && value >= min &&
	    value <= max) {
		*out = value;
		return YF_OK;
	}
	char what[96];
	snprintf(what, sizeof(what), "is no number from %lld to %lld",
		 (long long)min, (long long)max);
	return refuse(conf, entry->line, what, section, name);
}

yf_err yf_conf_bool(struct yf_conf *conf, const char *section, const char *name,
		    bool *out)
{
	static const char *const words[][2] = { { "no", "yes" },
						{ "false", "true" },
						{ "off", "on" } };
	const struct yf_conf_entry *entry = entry_of(conf, section, name);

	for (size_t i = 0; i < YF_COUNT(words); i++)
		for (size_t j = 0; j < 2; j++)
			if (yf_str_is(entry->value, words[i][j])) {
				*out = j == 1;
				return YF_OK;
			}
	return refuse(conf, entry->line, "is neither yes nor no", section,
		      name);
}
