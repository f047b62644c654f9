#include "cli/face_parts.h"

int yf_face_cli_bench(const struct yf_face_cli *cli)
{
	(void)cli;
	return 2;
}
