#define _DEFAULT_SOURCE
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define AUTO_FD __attribute__((cleanup(close_fd))) const int

static yf_err read_all(int fd, uint8_t *at, size_t len)
{
	while (len) {
		const ssize_t got = read(fd, at, len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return YF_FAIL(IO);
		at += got;
		len -= (size_t)got;
	}
	return YF_OK;
}

static yf_err write_all(int fd, const uint8_t *at, size_t len)
{
	while (len) {
		const ssize_t put = write(fd, at, len);
		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return YF_FAIL(IO);
		at += put;
		len -= (size_t)put;
	}
	return YF_OK;
}

yf_err yf_file_load(struct yf_arena *arena, const char *path, size_t len_max,
		    yf_bytes *out)
{
	/* Not to wait for who may write to a pipe of that name. */
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat info;

	if (fd < 0)
		return errno == ENOENT ? YF_FAIL(NOT_FOUND) : YF_FAIL(IO);
	if (fstat(fd, &info) || !S_ISREG(info.st_mode))
		return YF_FAIL(IO);
	if ((uint64_t)info.st_size > len_max)
		return YF_FAIL(TOO_LARGE);

	const size_t len = (size_t)info.st_size;
	uint8_t *bytes = YF_NEW(arena, uint8_t, len + 1);
	if (!bytes)
		return YF_FAIL(MEMORY);
	YF_TRY(read_all(fd, bytes, len));
	*out = (yf_bytes){ bytes, len };
	return YF_OK;
}

static yf_err sync_folder_of(const char *path)
{
	char copy[PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", path);
	AUTO_FD fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 && !fsync(fd) ? YF_OK : YF_FAIL(IO);
}

static yf_err write_synced(const char *path, yf_bytes bytes, unsigned mode)
{
	AUTO_FD fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0 || fchmod(fd, mode))
		return YF_FAIL(IO);
	YF_TRY(write_all(fd, bytes.ptr, bytes.len));
	return fsync(fd) ? YF_FAIL(IO) : YF_OK;
}

yf_err yf_file_save(const char *path, yf_bytes bytes, unsigned mode)
{
	char fresh[PATH_MAX];

	const int len = snprintf(fresh, sizeof(fresh), "%s.new", path);
	if (len < 0 || (size_t)len >= sizeof(fresh))
		return YF_FAIL(TOO_LARGE);
	const yf_err err = write_synced(fresh, bytes, mode);
	if (yf_failed(err) || rename(fresh, path)) {
		unlink(fresh);
		return yf_failed(err) ? err : YF_FAIL(IO);
	}
	return sync_folder_of(path);
}

yf_err yf_file_folder(const char *path, unsigned mode)
{
	if (!mkdir(path, mode) || errno == EEXIST)
		return YF_OK;
	return YF_FAIL(IO);
}

bool yf_file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}
