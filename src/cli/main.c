#include <stdio.h>
#include <string.h>

#include "cli/face.h"

int main(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "face") == 0)
		return yf_cli_face(argc - 2, argv + 2);
	if (argc >= 2 && strcmp(argv[1], "face-worker") == 0)
		return yf_cli_face_worker(argc - 2, argv + 2);
	fprintf(stderr, "usage: yufu face VERB ...\n");
	return 2;
}
