#define _DEFAULT_SOURCE
#include "face/model.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(YF_MODEL_TABLE_AT + YF_LAYERS * 16 <= YF_MODEL_HEAD_LEN,
	       "the table fits the first page");

static bool inside(uint64_t at, uint64_t len, uint64_t end)
{
	return at >= YF_MODEL_HEAD_LEN && at <= end && len <= end - at;
}

static bool is_little_endian(void)
{
	const uint32_t one = 1;
	return *(const uint8_t *)&one == 1;
}

static yf_err check_head(yf_bytes file)
{
	if (file.len < YF_MODEL_HEAD_LEN || file.len > YF_MODEL_LEN_MAX ||
	    memcmp(file.ptr, YF_MODEL_MAGIC, YF_MODEL_MAGIC_LEN) != 0)
		return YF_FAIL(MODEL);
	if (yf_model_get(file.ptr + 8, 4) != YF_MODEL_VERSION ||
	    yf_model_get(file.ptr + 12, 4) != YF_LAYERS ||
	    yf_model_get(file.ptr + 16, 8) != file.len)
		return YF_FAIL(MODEL);
	return is_little_endian() ? YF_OK : YF_FAIL(MODEL);
}

static yf_err find_layer(yf_bytes file, size_t index, struct yf_layer *out)
{
	const struct yf_layer_form *form = &yf_layer_forms[index];
	const uint8_t *row = file.ptr + YF_MODEL_TABLE_AT + index * 16;
	const uint64_t at = yf_model_get(row, 8);
	const uint64_t len = yf_model_get(row + 8, 8);
	const uint64_t biases = yf_layer_biases(form);

	if (len != (biases + yf_layer_weights(form)) * sizeof(float) ||
	    at % YF_MODEL_ALIGN != 0 || !inside(at, len, file.len))
		return YF_FAIL(MODEL);
	out->bias = (const float *)(const void *)(file.ptr + at);
	out->weights = out->bias + biases;
	return YF_OK;
}

yf_err yf_model_check(yf_bytes file, struct yf_model_view *out)
{
	struct yf_model_view view;

	YF_TRY(check_head(file));
	const uint64_t at = yf_model_get(file.ptr + 24, 8);
	const uint64_t len = yf_model_get(file.ptr + 32, 8);
	if (!inside(at, len, file.len))
		return YF_FAIL(MODEL);
	view.licence = (yf_str){ (const char *)file.ptr + at, (size_t)len };
	view.digest = (yf_bytes){ file.ptr + YF_MODEL_DIGEST_AT, 32 };
	for (size_t i = 0; i < YF_LAYERS; i++)
		YF_TRY(find_layer(file, i, &view.layers[i]));
	*out = view;
	return YF_OK;
}

static yf_err map_file(int fd, yf_bytes *out)
{
	struct stat info;

	if (fstat(fd, &info) || !S_ISREG(info.st_mode))
		return YF_FAIL(IO);
	if (info.st_size < YF_MODEL_HEAD_LEN || info.st_size > YF_MODEL_LEN_MAX)
		return YF_FAIL(MODEL);
	const size_t len = (size_t)info.st_size;
	void *at = mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		return YF_FAIL(IO);
	*out = (yf_bytes){ at, len };
	return YF_OK;
}

static void unmap(yf_bytes file)
{
	if (file.ptr)
		munmap((void *)(uintptr_t)file.ptr, file.len);
}

yf_err yf_model_open(const char *path, struct yf_model **out)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? YF_FAIL(NOT_FOUND) : YF_FAIL(IO);

	struct yf_model model = { .file = { NULL, 0 } };
	yf_err err = map_file(fd, &model.file);
	close(fd);
	if (!yf_failed(err))
		err = yf_model_check(model.file, &model.view);
	struct yf_model *kept = yf_failed(err) ? NULL : malloc(sizeof(model));
	if (!kept) {
		unmap(model.file);
		return yf_failed(err) ? err : YF_FAIL(MEMORY);
	}
	*kept = model;
	*out = kept;
	return YF_OK;
}

void yf_model_close(struct yf_model *model)
{
	if (!model)
		return;
	unmap(model->file);
	free(model);
}

void yf_model_cleanup(struct yf_model **model)
{
	yf_model_close(*model);
}
