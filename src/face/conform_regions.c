#define _GNU_SOURCE
#include "face/conform_regions.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAP_LEN_MAX = 128 * 1024 };

struct line {
	uintptr_t from, to;
	char mode[5];
	char path[PATH_MAX];
};

static bool read_line(const char *text, struct line *out)
{
	char *end;

	out->path[0] = 0;
	out->from = strtoul(text, &end, 16);
	if (end == text || *end != '-')
		return false;
	text = end + 1;
	out->to = strtoul(text, &end, 16);
	return end != text && sscanf(end, " %4s %*s %*s %*s %4095[^\n]",
				     out->mode, out->path) >= 1;
}

static bool is_file(const char *path)
{
	return path[0] == '/';
}

/* The zeroed data of a library follows its file without a name. */
static bool is_wanted(const struct line *line, const struct line *before,
		      const char *own)
{
	const char *path = line->path;

	if (strncmp(line->mode, "rw-p", 4) != 0 ||
	    ((uintptr_t)&errno >= line->from && (uintptr_t)&errno < line->to))
		return false;
	if (is_file(path))
		return strcmp(path, own) == 0;
	if (path[0])
		return strcmp(path, "[heap]") == 0;
	return !is_file(before->path) || before->to != line->from ||
	       strcmp(before->path, own) == 0;
}

/* Into memory that is there already: it must not change what it lists. */
static size_t read_map(char *text, size_t room)
{
	const int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got;

	if (fd < 0)
		return 0;
	while (len < room - 1 &&
	       (got = read(fd, text + len, room - 1 - len)) > 0)
		len += (size_t)got;
	close(fd);
	text[len] = 0;
	return len;
}

bool yf_regions_find(const char *engine_path, struct yf_regions *out)
{
	char own[PATH_MAX], text[MAP_LEN_MAX];
	struct line line, before = { .path = "" };

	out->count = 0;
	if (!realpath(engine_path ? engine_path : "/proc/self/exe", own) ||
	    !read_map(text, sizeof(text)))
		return false;
	for (char *at = text, *end; (end = strchr(at, '\n')); at = end + 1) {
		*end = 0;
		if (!read_line(at, &line))
			continue;
		if (is_wanted(&line, &before, own) &&
		    out->count < YF_REGIONS_MAX)
			out->regions[out->count++] =
				(struct yf_region){ (const uint8_t *)line.from,
						    line.to - line.from };
		/* Pieces of one library hang together. */
		if (!line.path[0] && before.to == line.from)
			memcpy(line.path, before.path, sizeof(line.path));
		before = line;
	}
	return out->count > 0;
}

uint64_t yf_regions_digest(const struct yf_regions *regions)
{
	uint64_t digest = 0xcbf29ce484222325u;

	for (size_t i = 0; i < regions->count; i++) {
		const struct yf_region *region = &regions->regions[i];
		for (size_t k = 0; k + 8 <= region->len; k += 8) {
			uint64_t word;
			memcpy(&word, region->at + k, sizeof(word));
			digest = (digest ^ word) * 0x9e3779b97f4a7c15u;
			digest ^= digest >> 29;
		}
	}
	return digest;
}
