#define _DEFAULT_SOURCE
#include "cli/bench_worker.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/share.h"
#include "face/pool.h"

enum { WORKERS = 3, DEADLINE_MS = 10000 };

/* Of all our children; what is shared in parts includes us, because pages
 * that we share with them would else seem to become theirs. */
struct usage {
	double resident_mb, proportional_mb, private_mb;
	bool has_proportional;
};

static bool read_line(const char *path, char *out, size_t len)
{
	FILE *file = fopen(path, "re");

	if (!file)
		return false;
	const bool read = fgets(out, (int)len, file) != NULL;
	fclose(file);
	return read;
}

static bool is_child(const char *pid)
{
	char path[64], line[512];

	snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
	if (!read_line(path, line, sizeof(line)))
		return false;
	/* "PID (NAME) STATE PARENT ...": the name may hold anything. */
	const char *end = strrchr(line, ')');
	return end && strlen(end) > 4 && strtol(end + 4, NULL, 10) == getpid();
}

static void add_pages(const char *pid, struct usage *usage)
{
	const double page_mb = (double)sysconf(_SC_PAGESIZE) / 1e6;
	char path[64], line[128];
	char *at = line;

	snprintf(path, sizeof(path), "/proc/%.20s/statm", pid);
	if (!read_line(path, line, sizeof(line)))
		return;
	(void)strtol(at, &at, 10); /* size */
	const long resident = strtol(at, &at, 10);
	const long shared = strtol(at, &at, 10);
	usage->resident_mb += (double)resident * page_mb;
	usage->private_mb += (double)(resident - shared) * page_mb;
}

/* A worker is locked in so that only an administrator can read this. */
static void add_share(const char *pid, struct usage *usage)
{
	char path[64], line[128];

	snprintf(path, sizeof(path), "/proc/%.20s/smaps_rollup", pid);
	FILE *file = fopen(path, "re");
	if (!file) {
		usage->has_proportional = false;
		return;
	}
	while (fgets(line, sizeof(line), file))
		if (strncmp(line, "Pss:", 4) == 0)
			usage->proportional_mb +=
				(double)strtol(line + 4, NULL, 10) * 1024e-6;
	fclose(file);
}

static yf_err usage_of_children(struct usage *out)
{
	DIR *folder = opendir("/proc");
	const struct dirent *entry;

	if (!folder)
		return YF_FAIL(IO);
	*out = (struct usage){ .has_proportional = true };
	while ((entry = readdir(folder)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    is_child(entry->d_name)) {
			add_pages(entry->d_name, out);
			add_share(entry->d_name, out);
		}
	closedir(folder);
	add_share("self", out);
	return YF_OK;
}

/* Pools of one worker, so that each picture has a worker of its own. */
static yf_err run_pool(const struct yf_face_pool_config *config, yf_bytes frame,
		       struct yf_face_pool **out)
{
	struct yf_face_template made;
	struct yf_face_sight sight;

	YF_TRY(yf_face_pool_open(config, out));
	return yf_face_pool_enrol(*out, &frame, 1, YUFU_FACE_PROBE, &made,
				  &sight);
}

static void close_all(struct yf_face_pool *(*pools)[WORKERS])
{
	for (int i = 0; i < WORKERS; i++)
		yf_face_pool_close((*pools)[i]);
}

yf_err yf_bench_worker(struct yf_arena *arena, const char *model,
		       yf_bytes frame, struct yf_worker_memory *out)
{
	__attribute__((cleanup(
		close_all))) struct yf_face_pool *pools[WORKERS] = { NULL };
	struct usage one, all;
	yf_str program;

	YF_TRY(yf_share_program(arena, &program));
	const struct yf_face_pool_config config = {
		.program = program.ptr,
		.model_path = model,
		.workers = 1,
		.deadline_ms = DEADLINE_MS,
	};
	YF_TRY(run_pool(&config, frame, &pools[0]));
	YF_TRY(usage_of_children(&one));
	for (int i = 1; i < WORKERS; i++)
		YF_TRY(run_pool(&config, frame, &pools[i]));
	YF_TRY(usage_of_children(&all));
	const bool fair = one.has_proportional && all.has_proportional;
	const double more = fair ? all.proportional_mb - one.proportional_mb
				 : all.private_mb - one.private_mb;

	*out = (struct yf_worker_memory){
		.first_mb = one.resident_mb,
		.further_mb = more / (WORKERS - 1),
		.by = fair ? "pss" : "anonymous",
	};
	return YF_OK;
}
