/* The tree against known roots and against its definition, for every size up to 70 and beyond. */
#include "unit.h"

enum { SIZES = 70 };

static uint8_t leaves[600][MERKLE_HASH];

static int set_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < 600; i++) {
		uint8_t entry[2] = {(uint8_t)(i >> 8), (uint8_t)i};
		merkle_leaf(SLICE_ARRAY(entry), leaves[i]);
	}
	return 0;
}

/* The definition of RFC 6962 2.1, word by word. */
static void defined_root(size_t begin, size_t end, uint8_t ret_root[MERKLE_HASH])
{
	uint8_t left[MERKLE_HASH], right[MERKLE_HASH];
	size_t k = 1;
	if (end - begin == 1) {
		memcpy(ret_root, leaves[begin], MERKLE_HASH);
		return;
	}
	while (k * 2 < end - begin)
		k *= 2;
	defined_root(begin, begin + k, left);
	defined_root(begin + k, end, right);
	merkle_node(left, right, ret_root);
}

static enum err subtree(void *context, unsigned level, uint64_t index, uint8_t ret_hash[MERKLE_HASH])
{
	size_t size = *(const size_t *)context, begin = index << level, end = (index + 1) << level;
	assert_true(end <= size);
	defined_root(begin, end, ret_hash);
	return ERR_OK;
}

static void the_known_trees_have_the_known_roots(void **state)
{
	(void)state;
	/* inputs and roots of the test vectors of Certificate Transparency implementations */
	static const struct {
		const char *input, *root;
	} vectors[] = {
		{"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
		{"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
		{"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
		{"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
		{"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
		{"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
		{"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
		{"606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
	};
	struct merkle_frontier tree = {.size = 0};
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		AUTO_BUF input = buf_make(64), hex = buf_make(64);
		uint8_t leaf[MERKLE_HASH], root[MERKLE_HASH];
		assert_int_equal(hex_decode(slice_text(vectors[i].input), &input), ERR_OK);
		merkle_leaf(buf_slice(&input), leaf);
		merkle_frontier_append(&tree, leaf);
		merkle_frontier_root(&tree, root);
		buf_put_hex(&hex, SLICE_ARRAY(root));
		assert_true(slice_equal(buf_slice(&hex), slice_text(vectors[i].root)));
	}
}

static void the_empty_tree_has_the_hash_of_nothing(void **state)
{
	(void)state;
	struct merkle_frontier tree = {.size = 0};
	uint8_t root[MERKLE_HASH], expected[MERKLE_HASH];
	merkle_frontier_root(&tree, root);
	crypto_sha256(slice_of(NULL, 0), expected);
	assert_memory_equal(root, expected, MERKLE_HASH);
}

static void frontier_and_subtrees_agree_with_the_definition(void **state)
{
	(void)state;
	struct merkle_frontier tree = {.size = 0};
	for (size_t size = 1; size <= 600; size++) {
		struct merkle_source source = {subtree, &size};
		uint8_t root[MERKLE_HASH], expected[MERKLE_HASH];
		merkle_frontier_append(&tree, leaves[size - 1]);
		merkle_frontier_root(&tree, root);
		defined_root(0, size, expected);
		assert_memory_equal(root, expected, MERKLE_HASH);
		assert_int_equal(merkle_root(&source, size, root), ERR_OK);
		assert_memory_equal(root, expected, MERKLE_HASH);
	}
}

static void every_leaf_of_every_tree_is_proved_and_no_other(void **state)
{
	(void)state;
	for (size_t size = 1; size <= SIZES; size++) {
		struct merkle_source source = {subtree, &size};
		uint8_t root[MERKLE_HASH];
		defined_root(0, size, root);
		for (size_t index = 0; index < size; index++) {
			AUTO_BUF proof = buf_make(4096);
			assert_int_equal(merkle_inclusion(&source, index, size, &proof), ERR_OK);
			struct slice path = buf_slice(&proof);
			assert_true(merkle_inclusion_verify(index, size, leaves[index], path, root));
			for (size_t other = 0; other < size; other++)
				if (other != index) {
					assert_false(merkle_inclusion_verify(other, size, leaves[index], path, root));
					assert_false(merkle_inclusion_verify(index, size, leaves[other], path, root));
				}
		}
	}
}

static void a_changed_cut_or_lengthened_proof_fails(void **state)
{
	(void)state;
	for (size_t size = 2; size <= 33; size++) {
		struct merkle_source source = {subtree, &size};
		uint8_t root[MERKLE_HASH];
		defined_root(0, size, root);
		for (size_t index = 0; index < size; index += 3) {
			AUTO_BUF proof = buf_make(4096);
			assert_int_equal(merkle_inclusion(&source, index, size, &proof), ERR_OK);
			for (size_t i = 0; i < proof.len; i++) {
				proof.data[i] ^= 0x80;
				assert_false(merkle_inclusion_verify(index, size, leaves[index], buf_slice(&proof), root));
				proof.data[i] ^= 0x80;
			}
			assert_false(merkle_inclusion_verify(index, size, leaves[index], slice_take(buf_slice(&proof), proof.len - 32), root));
			assert_false(merkle_inclusion_verify(index, size, leaves[index], slice_take(buf_slice(&proof), proof.len - 1), root));
			buf_put(&proof, SLICE_ARRAY(root));
			assert_false(merkle_inclusion_verify(index, size, leaves[index], buf_slice(&proof), root));
		}
	}
}

static void every_tree_is_proved_to_continue_every_smaller_one(void **state)
{
	(void)state;
	for (size_t size = 0; size <= SIZES; size++)
		for (size_t old = 0; old <= size; old++) {
			struct merkle_source source = {subtree, &size};
			struct merkle_frontier empty = {.size = 0};
			uint8_t root[MERKLE_HASH], old_root[MERKLE_HASH], wrong[MERKLE_HASH];
			AUTO_BUF proof = buf_make(4096);
			merkle_frontier_root(&empty, root);
			memcpy(old_root, root, MERKLE_HASH);
			if (size)
				defined_root(0, size, root);
			if (old)
				defined_root(0, old, old_root);
			assert_int_equal(merkle_consistency(&source, old, size, &proof), ERR_OK);
			assert_true(merkle_consistency_verify(old, size, old_root, root, buf_slice(&proof)));
			memcpy(wrong, old_root, MERKLE_HASH);
			wrong[31] ^= 1;
			assert_false(merkle_consistency_verify(old, size, wrong, root, buf_slice(&proof)));
			memcpy(wrong, root, MERKLE_HASH);
			wrong[0] ^= 1;
			if (old)
				assert_false(merkle_consistency_verify(old, size, old_root, wrong, buf_slice(&proof)));
			for (size_t i = 0; i < proof.len; i += 7) {
				proof.data[i] ^= 4;
				assert_false(merkle_consistency_verify(old, size, old_root, root, buf_slice(&proof)));
				proof.data[i] ^= 4;
			}
			buf_put(&proof, SLICE_ARRAY(root));
			assert_false(merkle_consistency_verify(old, size, old_root, root, buf_slice(&proof)));
		}
}

static void what_a_tree_does_not_have_is_not_proved(void **state)
{
	(void)state;
	size_t size = 7;
	struct merkle_source source = {subtree, &size};
	AUTO_BUF proof = buf_make(4096);
	assert_int_equal(merkle_inclusion(&source, 7, 7, &proof), ERR_INVALID);
	assert_int_equal(merkle_consistency(&source, 8, 7, &proof), ERR_INVALID);
	assert_int_equal(merkle_inclusion(&source, 0, UINT64_MAX, &proof), ERR_INVALID);
	assert_false(merkle_inclusion_verify(7, 7, leaves[0], slice_of(NULL, 0), leaves[0]));
	assert_false(merkle_inclusion_verify(0, 0, leaves[0], slice_of(NULL, 0), leaves[0]));
	assert_int_equal(proof.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_known_trees_have_the_known_roots),
		cmocka_unit_test(the_empty_tree_has_the_hash_of_nothing),
		cmocka_unit_test(frontier_and_subtrees_agree_with_the_definition),
		cmocka_unit_test(every_leaf_of_every_tree_is_proved_and_no_other),
		cmocka_unit_test(a_changed_cut_or_lengthened_proof_fails),
		cmocka_unit_test(every_tree_is_proved_to_continue_every_smaller_one),
		cmocka_unit_test(what_a_tree_does_not_have_is_not_proved),
	};
	return cmocka_run_group_tests(tests, set_up, NULL);
}
