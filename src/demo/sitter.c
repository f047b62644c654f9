#include "demo/sitter.h"

#include "base/file.h"

enum { FILE_LEN_MAX = 2 * 1024 * 1024 };

static const struct yf_sitter sitters[] = {
	{ "curls", "sample3.jpg", { 420, 180, 500, 750 } },
	{ "braids", "sample3.jpg", { 930, 100, 440, 700 } },
	{ "stripes", "sample6.jpg", { 1385, 150, 420, 750 } },
	{ "stairs", "sample5.jpg", { 960, 60, 400, 640 } },
};

const struct yf_sitter *yf_sitters(size_t *count)
{
	*count = YF_COUNT(sitters);
	return sitters;
}

const struct yf_sitter *yf_sitter_find(yf_str id)
{
	for (size_t i = 0; i < YF_COUNT(sitters); i++) {
		if (yf_str_is(id, sitters[i].id))
			return &sitters[i];
	}
	return NULL;
}

yf_err yf_sitter_load(struct yf_arena *arena, const struct yf_sitter *sitter,
		      const char *folder, yf_bytes *out_jpeg)
{
	yf_str path;
	yf_bytes whole;

	YF_TRY(yf_str_format(arena, &path, "%s/%s", folder, sitter->file));
	YF_TRY(yf_file_load(arena, path.ptr, FILE_LEN_MAX, &whole));
	return yf_picture_crop(arena, whole, sitter->part, out_jpeg);
}
