#define _DEFAULT_SOURCE
#include "http/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

enum {
	DEPTH_MAX = 8,
	ARENA_LEN_MAX = 512 * 1024 * 1024,
	ROOM_FIRST = 64,
	HASH_LEN = 8, /* of esbuild's names */
};

struct yf_files {
	struct yf_arena *arena;
	const char *csp;
	struct yf_file *list; /* sorted by path */
	size_t count;
	size_t room;
};

static const struct {
	const char *ending;
	const char *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".mjs", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".json", "application/json" },
	{ ".map", "application/json" },
	{ ".webmanifest", "application/manifest+json" },
	{ ".svg", "image/svg+xml" },
	{ ".png", "image/png" },
	{ ".jpg", "image/jpeg" },
	{ ".jpeg", "image/jpeg" },
	{ ".webp", "image/webp" },
	{ ".ico", "image/x-icon" },
	{ ".wasm", "application/wasm" },
	{ ".woff2", "font/woff2" },
	{ ".txt", "text/plain; charset=utf-8" },
};

static const char *type_of(yf_str path)
{
	for (size_t i = 0; i < YF_COUNT(types); i++)
		if (yf_str_ends(path, yf_str_of(types[i].ending)))
			return types[i].type;
	return "application/octet-stream";
}

/* "app-5YJZ3KQA.js": eight capitals or digits between '-' and '.'. */
static bool is_hashed(yf_str path)
{
	for (size_t i = 0; i + HASH_LEN + 1 < path.len; i++) {
		size_t len = 0;
		if (path.ptr[i] != '-')
			continue;
		while (len < HASH_LEN) {
			const char c = path.ptr[i + 1 + len];
			if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
				break;
			len++;
		}
		if (len == HASH_LEN && path.ptr[i + 1 + len] == '.')
			return true;
	}
	return false;
}

/* It only has to change with the content. */
static void write_etag(struct yf_file *file)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < file->body.len; i++)
		hash = (hash ^ file->body.ptr[i]) * 1099511628211u;
	/* Weak: the compressed form has the same one. */
	snprintf(file->etag, sizeof(file->etag), "W/\"%016llx\"",
		 (unsigned long long)hash);
}

static yf_err grow(struct yf_files *files)
{
	if (files->count < files->room)
		return YF_OK;
	if (files->count == YF_FILES_MAX)
		return YF_FAIL(TOO_LARGE);
	const size_t room = files->room ? files->room * 2 : ROOM_FIRST;
	struct yf_file *bigger =
		realloc(files->list, room * sizeof(*files->list));
	if (!bigger)
		return YF_FAIL(MEMORY);
	files->list = bigger;
	files->room = room;
	return YF_OK;
}

static yf_err read_all(int fd, uint8_t *out, size_t len)
{
	while (len) {
		const ssize_t got = read(fd, out, len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return YF_FAIL(IO);
		out += got;
		len -= (size_t)got;
	}
	return YF_OK;
}

static yf_err load_file(struct yf_files *files, int fd, const char *path)
{
	struct stat info;
	struct yf_file file = { 0 };

	if (fstat(fd, &info) != 0)
		return YF_FAIL(IO);
	if (!S_ISREG(info.st_mode))
		return YF_OK;
	if (info.st_size > YF_FILE_LEN_MAX)
		return YF_FAIL(TOO_LARGE);
	YF_TRY(grow(files));
	const size_t len = (size_t)info.st_size;
	uint8_t *bytes = YF_NEW(files->arena, uint8_t, len + 1);
	if (!bytes)
		return YF_FAIL(MEMORY);
	YF_TRY(read_all(fd, bytes, len));
	YF_TRY(yf_str_copy(files->arena, yf_str_of(path), &file.path));
	file.body = (yf_bytes){ bytes, len };
	file.content_type = type_of(file.path);
	/* A worker runs under the policy that came with its script. */
	file.page = yf_str_ends(file.path, YF_STR(".html")) ||
		    yf_str_ends(file.path, YF_STR(".js"));
	file.cache_control = is_hashed(file.path)
				     ? "public, max-age=31536000, immutable"
				     : "no-cache";
	write_etag(&file);
	files->list[files->count++] = file;
	return YF_OK;
}

static yf_err load_folder(struct yf_files *files, int fd, const char *path,
			  unsigned depth);

static yf_err load_entry(struct yf_files *files, int folder, const char *path,
			 const char *name, unsigned depth)
{
	char full[1024];
	struct stat info;

	if (name[0] == '.')
		return YF_OK;
	if (snprintf(full, sizeof(full), "%s/%s", path, name) >=
	    (int)sizeof(full))
		return YF_FAIL(TOO_LARGE);
	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
		return YF_FAIL(IO);
	if (S_ISLNK(info.st_mode))
		return YF_OK;
	const int fd = openat(folder, name,
			      O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return YF_FAIL(IO);
	if (S_ISDIR(info.st_mode))
		return load_folder(files, fd, full, depth + 1);
	const yf_err err = load_file(files, fd, full);
	close(fd);
	return err;
}

/* Takes over `fd`. */
static yf_err load_folder(struct yf_files *files, int fd, const char *path,
			  unsigned depth)
{
	yf_err err = YF_OK;
	DIR *folder = depth > DEPTH_MAX ? NULL : fdopendir(fd);

	if (!folder) {
		close(fd);
		return depth > DEPTH_MAX ? YF_FAIL(TOO_LARGE) : YF_FAIL(IO);
	}
	for (const struct dirent *entry;
	     !yf_failed(err) && (entry = readdir(folder));)
		err = load_entry(files, dirfd(folder), path, entry->d_name,
				 depth);
	closedir(folder);
	return err;
}

static int compare(yf_str a, yf_str b)
{
	const size_t len = a.len < b.len ? a.len : b.len;
	const int order = len ? memcmp(a.ptr, b.ptr, len) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_files(const void *a, const void *b)
{
	return compare(((const struct yf_file *)a)->path,
		       ((const struct yf_file *)b)->path);
}

static struct yf_file *look_up(const struct yf_files *files, yf_str path)
{
	size_t low = 0, high = files->count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const int order = compare(path, files->list[middle].path);
		if (order == 0)
			return &files->list[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* "/a.js.gz" is how "/a.js" is sent, not a file of its own. */
static void attach_compressed(struct yf_files *files)
{
	for (size_t i = 0; i < files->count; i++) {
		yf_str path = files->list[i].path;
		if (!yf_str_ends(path, YF_STR(".gz")))
			continue;
		path.len -= 3;
		struct yf_file *plain = look_up(files, path);
		if (plain)
			plain->gzip = files->list[i].body;
	}
}

static struct yf_files *files_new(const char *csp)
{
	struct yf_files *files = calloc(1, sizeof(*files));

	if (!files)
		return NULL;
	files->csp = csp;
	files->arena = yf_arena_new(ARENA_LEN_MAX);
	if (files->arena)
		return files;
	free(files);
	return NULL;
}

static yf_err load_root(struct yf_files *files, const char *folder)
{
	const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? YF_FAIL(NOT_FOUND) : YF_FAIL(IO);
	YF_TRY(load_folder(files, fd, "", 0));
	if (files->count)
		qsort(files->list, files->count, sizeof(*files->list),
		      compare_files);
	attach_compressed(files);
	return YF_OK;
}

yf_err yf_files_load(const char *folder, const char *csp, struct yf_files **out)
{
	struct yf_files *files = files_new(csp);
	if (!files)
		return YF_FAIL(MEMORY);
	const yf_err err = load_root(files, folder);
	if (yf_failed(err)) {
		yf_files_free(files);
		return err;
	}
	*out = files;
	return YF_OK;
}

void yf_files_free(struct yf_files *files)
{
	if (!files)
		return;
	yf_arena_free(files->arena);
	free(files->list);
	free(files);
}

void yf_files_cleanup(struct yf_files **files)
{
	yf_files_free(*files);
}

/* The page of a folder address, "" for the root. */
static const struct yf_file *page_of(const struct yf_files *files,
				     yf_str folder)
{
	static const yf_str page = YF_STR("/index.html");
	char path[1024];

	if (folder.len + page.len > sizeof(path))
		return NULL;
	if (folder.len)
		memcpy(path, folder.ptr, folder.len);
	memcpy(path + folder.len, page.ptr, page.len);
	return look_up(files, (yf_str){ path, folder.len + page.len });
}

const struct yf_file *yf_files_find(const struct yf_files *files, yf_str path)
{
	if (yf_str_ends(path, YF_STR("/")))
		return page_of(files, (yf_str){ path.ptr, path.len - 1 });
	return look_up(files, path);
}

bool yf_files_is_folder(const struct yf_files *files, yf_str path)
{
	return path.len && !yf_str_ends(path, YF_STR("/")) &&
	       page_of(files, path) != NULL;
}

const char *yf_files_csp(const struct yf_files *files)
{
	return files->csp;
}

size_t yf_files_count(const struct yf_files *files)
{
	return files->count;
}
