#include "cli/face_parts.h"
#include "cli/print.h"

#include <stdio.h>

#include "base/file.h"
#include "codec/hex.h"
#include "crypto/hash.h"
#include "face/model.h"
#include "face/pack.h"

static yf_err write_result(const struct yf_face_cli *cli, size_t len,
			   yf_bytes digest)
{
	struct yf_json_out out = yf_json_out_new(cli->arena, 256);
	yf_str hex;

	YF_TRY(yf_hex_encode(cli->arena, digest, &hex));
	yf_json_out_object(&out, NULL);
	yf_json_out_text(&out, "file", cli->words[1]);
	yf_json_out_int(&out, "bytes", (int64_t)len);
	yf_json_out_str(&out, "sha256", hex);
	yf_json_out_close(&out);
	return yf_print_json(&out);
}

int yf_face_cli_pack(const struct yf_face_cli *cli)
{
	uint8_t *file;
	size_t len;

	yf_err err = yf_face_pack(cli->arena, cli->words[0], &file, &len);
	if (yf_failed(err))
		return yf_face_cli_fail(cli->words[0], err);
	const yf_bytes body = { file + YF_MODEL_HEAD_LEN,
				len - YF_MODEL_HEAD_LEN };
	yf_sha256(body, file + YF_MODEL_DIGEST_AT);
	err = yf_file_save(cli->words[1], (yf_bytes){ file, len }, 0644);
	if (yf_failed(err))
		return yf_face_cli_fail(cli->words[1], err);
	err = write_result(
		cli, len,
		(yf_bytes){ file + YF_MODEL_DIGEST_AT, YF_SHA256_LEN });
	return yf_failed(err) ? yf_face_cli_fail("standard output", err) : 0;
}
