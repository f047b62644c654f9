#define _DEFAULT_SOURCE
#include "base/share.h"

#include "base/file.h"

#include <limits.h>
#include <unistd.h>

yf_err yf_share_program(struct yf_arena *arena, yf_str *out)
{
	char path[PATH_MAX];
	const ssize_t len = readlink("/proc/self/exe", path, sizeof(path));

	if (len <= 0 || (size_t)len >= sizeof(path))
		return YF_FAIL(IO);
	return yf_str_copy(arena, (yf_str){ path, (size_t)len }, out);
}

yf_err yf_share_find(struct yf_arena *arena, const char *name, yf_str *out)
{
	/* As installed in PREFIX/bin, as built in build/, in build/san/. */
	static const char *const places[] = { "/../share/yufu/", "/", "/../" };
	yf_str folder;

	YF_TRY(yf_share_program(arena, &folder));
	while (folder.len && folder.ptr[folder.len - 1] != '/')
		folder.len--;
	folder.len -= folder.len > 1;
	for (size_t i = 0; i < YF_COUNT(places); i++) {
		yf_str path;
		YF_TRY(yf_str_format(arena, &path, "%.*s%s%s", YF_ARG(folder),
				     places[i], name));
		if (yf_file_exists(path.ptr)) {
			*out = path;
			return YF_OK;
		}
	}
	return YF_FAIL(NOT_FOUND);
}
