#pragma once

#include "base/str.h"

/*
 * Static files of a folder, mapped once at start.  What is not in the table
 * does not exist: no request ever names a path of the file system.
 *
 * "/wallet/" is wallet/index.html; "/wallet" redirects there.  A file beside
 * which NAME.gz lies is sent compressed to clients that take gzip.  Names
 * with a content hash ("app-5YJZ3KQA.js", as esbuild writes them) may be kept
 * for a year; everything else is asked for again, and answered 304 by ETag.
 * Dot files and links that leave the folder are left out.
 */
enum {
	YF_FILES_MAX = 4096,
	YF_FILE_LEN_MAX = 64 * 1024 * 1024,
};

struct yf_files;

struct yf_file {
	yf_str path; /* "/wallet/app.js" */
	const char *content_type;
	const char *cache_control;
	bool page; /* HTML or script: gets the pages' Content-Security-Policy */
	yf_bytes body;
	yf_bytes gzip; /* ptr NULL when there is none */
	char etag[24]; /* quoted */
};

/*
 * csp         Content-Security-Policy of pages; static memory
 * NOT_FOUND   no such folder
 * TOO_LARGE   over YF_FILES_MAX or YF_FILE_LEN_MAX
 * IO, MEMORY
 */
YF_CHECKED yf_err yf_files_load(const char *folder, const char *csp,
				struct yf_files **out);
void yf_files_free(struct yf_files *files);
void yf_files_cleanup(struct yf_files **files);

/* `path` unescaped; NULL when there is none. */
const struct yf_file *yf_files_find(const struct yf_files *files, yf_str path);

/* "/wallet" where "/wallet/" is a page. */
bool yf_files_is_folder(const struct yf_files *files, yf_str path);

const char *yf_files_csp(const struct yf_files *files);
size_t yf_files_count(const struct yf_files *files);
