#include "cli/face_parts.h"

#include <stdio.h>

#include "base/file.h"
#include "face/pack.h"

int yf_face_cli_pack(const struct yf_face_cli *cli)
{
	uint8_t *file;
	size_t len;

	yf_err err = yf_face_pack(cli->arena, cli->words[0], &file, &len);
	if (yf_failed(err))
		return yf_face_cli_fail(cli->words[0], err);
	err = yf_file_save(cli->words[1], (yf_bytes){ file, len }, 0644);
	if (yf_failed(err))
		return yf_face_cli_fail(cli->words[1], err);

	struct yf_json_out out = yf_json_out_new(cli->arena, 256);
	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "file", cli->words[1]);
	yf_json_out_int(&out, "bytes", (int64_t)len);
	yf_json_out_close(&out);
	err = yf_face_cli_print(&out);
	return yf_failed(err) ? yf_face_cli_fail("standard output", err) : 0;
}
