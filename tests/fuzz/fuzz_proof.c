/* A proof file of any octets is read without harm, and holds only with a signature that no fuzzer makes. */
#include "ledger/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t unknown_key[32] = {1};
	AUTO_ARENA arena = {.max_bytes = 16 * 1024 * 1024};
	struct ledger_proof proof;
	struct diag diag = {.text = ""};
	struct slice text = slice_of(data, size);
	if (proof_verify(text, unknown_key, &arena, &diag, &proof) == ERR_OK)
		abort();
	if (proof_verify(text, NULL, &arena, &diag, &proof) == ERR_OK && proof.index >= proof.tree.size)
		abort();
	return 0;
}
