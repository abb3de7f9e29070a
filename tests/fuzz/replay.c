/* Runs a fuzz target over each file of a folder: what was found once stays found. */
#include "base/slice.h"

#include <dirent.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *folder, const char *name)
{
	char path[4096];
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, name) >= sizeof(path))
		return 1;
	FILE *file = fopen(path, "rbe");
	if (!file)
		return 1;
	enum { LARGEST = 16 * 1024 * 1024 };
	uint8_t *bytes = malloc(LARGEST);
	size_t len = bytes ? fread(bytes, 1, LARGEST, file) : 0;
	fclose(file);
	/* an exact allocation, so that a sanitizer sees the end */
	uint8_t *exact = bytes ? malloc(len ? len : 1) : NULL;
	if (exact) {
		memcpy(exact, bytes, len);
		LLVMFuzzerTestOneInput(exact, len);
	}
	free(exact);
	free(bytes);
	return exact ? 0 : 1;
}

int main(int argc, char **argv)
{
	DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
	if (!folder) {
		fprintf(stderr, "usage: replay FOLDER\n");
		return 2;
	}
	int failed = 0, count = 0;
	for (struct dirent *entry; (entry = readdir(folder));)
		if (entry->d_name[0] != '.') {
			failed |= replay(argv[1], entry->d_name);
			count++;
		}
	closedir(folder);
	printf("%d inputs\n", count);
	return failed || count == 0;
}
