#include "vector.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "codec/hex.h"

enum { FILE_LEN_MAX = 256 * 1024 };

const struct yf_json *vector_load(struct yf_arena *arena, const char *name)
{
	const struct yf_json *tree;
	yf_bytes bytes;
	yf_str path;

	if (yf_failed(
		    yf_str_format(arena, &path, "../shared/vectors/%s", name)))
		abort();
	if (!yf_file_exists(path.ptr)) {
		printf("SKIPPED: no %s\n", path.ptr);
		return NULL;
	}
	if (yf_failed(yf_file_load(arena, path.ptr, FILE_LEN_MAX, &bytes)) ||
	    yf_failed(yf_json_parse(arena, yf_str_from(bytes), &tree)))
		abort();
	return tree;
}

yf_bytes vector_hex(struct yf_arena *arena, const struct yf_json *object,
		    const char *name)
{
	yf_bytes bytes;

	if (yf_failed(
		    yf_hex_decode(arena, yf_json_text(object, name), &bytes)) ||
	    !bytes.len)
		abort();
	return bytes;
}
