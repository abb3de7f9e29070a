/* simulate [FIRST [COUNT]]: runs seeds and names the first that breaks an invariant (exit 1). Default: 1, 300. */
#include "simulate.h"

static bool argument(int argc, char **argv, int index, uint64_t *value)
{
	return argc <= index || slice_parse_u64(slice_text(argv[index]), value) == ERR_OK;
}

int main(int argc, char **argv)
{
	uint64_t first = 1, count = 300, frames = 0, passed = 0, crashes = 0, recalls = 0;
	if (argc > 3 || !argument(argc, argv, 1, &first) || !argument(argc, argv, 2, &count)) {
		fprintf(stderr, "usage: simulate [FIRST-SEED [COUNT]]\n");
		return 2;
	}
	static struct world world;
	for (uint64_t seed = first; seed < first + count; seed++) {
		world_run(&world, seed);
		frames += world.frames_sent;
		passed += world.passed;
		crashes += world.crashes;
		recalls += world.recalls;
		if (world.broken) {
			printf("seed %llu: %s, at %llu ms\n", (unsigned long long)seed, world.broken,
			       (unsigned long long)world.broken_at);
			return 1;
		}
	}
	printf("%llu seeds hold: %llu frames sent, %llu passed over, %llu crashes, %llu recalls\n", (unsigned long long)count,
	       (unsigned long long)frames, (unsigned long long)passed, (unsigned long long)crashes,
	       (unsigned long long)recalls);
	return 0;
}
