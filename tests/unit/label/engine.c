#include "engine.h"

struct arena *keep(void)
{
	static struct arena arena;
	return &arena;
}

struct slice file_of(const char *name)
{
	char *path = arena_printf(keep(), "%s/%s", SOURCE_ROOT, name);
	FILE *file = fopen(path, "rbe");
	if (!file)
		fail_msg("%s cannot be opened", path);
	AUTO_BUF bytes = buf_make(LIMIT_POLICY_XML);
	static uint8_t chunk[65536];
	for (size_t len; (len = fread(chunk, 1, sizeof(chunk), file)) > 0;)
		buf_put(&bytes, slice_of(chunk, len));
	fclose(file);
	struct slice copy;
	assert_ok(arena_copy(keep(), buf_slice(&bytes), &copy));
	return copy;
}

const struct policy *policy_of(struct slice xml)
{
	struct finding *findings;
	AUTO_BUF compiled = buf_make(LIMIT_POLICY_XML);
	enum err err = policy_compile(xml, keep(), &findings, &compiled);
	for (const struct finding *f = findings; err && f; f = f->next)
		print_message("%u:%u: %s\n", f->line, f->column, f->text);
	assert_ok(err);
	struct slice kept;
	const struct policy *policy;
	assert_ok(arena_copy(keep(), buf_slice(&compiled), &kept));
	assert_ok(policy_open(kept, keep(), &policy));
	return policy;
}

/* Sets live until the program ends. */
static struct policy_set *sets[4096];
static size_t set_count;

static void sets_free(void)
{
	while (set_count > 0)
		policy_set_free(sets[--set_count]);
}

static struct policy_set *set_with(const struct policy *first, const struct policy *second)
{
	struct policy_set *set = policy_set_new();
	assert_non_null(set);
	if (set_count == 0)
		assert_int_equal(atexit(sets_free), 0);
	assert_true(set_count < sizeof(sets) / sizeof(sets[0]));
	sets[set_count++] = set;
	assert_ok(policy_set_add(set, first));
	if (second)
		assert_ok(policy_set_add(set, second));
	return set;
}

const struct policy_set *own_policies(void)
{
	static struct policy_set *set;
	if (!set)
		set = set_with(policy_of(file_of("policy/nato.xml")), policy_of(file_of("policy/public.xml")));
	return set;
}

const struct policy_set *policies_of_file(const char *name)
{
	return set_with(policy_of(file_of(name)), NULL);
}

const struct policy_set *policies_of_text(const char *xml)
{
	return set_with(policy_of(slice_text(xml)), NULL);
}

#define SPIF_START \
	"<SPIF xmlns='http://www.xmlspif.org/spif' schemaVersion='2.1' version='1' creationDate='20240101000000Z'>"
#define ENUM(kind) "tagType='enumerated' enumType='" kind "'"

const char rules_policy
	[] = SPIF_START "<securityPolicyId name='RULES' id='1.1'/>"
			"<securityClassifications>"
			"<securityClassification name='LOW' lacv='1' hierarchy='1'/>"
			"<securityClassification name='MID' lacv='2' hierarchy='2'>"
			"<requiredCategory operation='oneOrMore'>"
			"<categoryGroup tagSetRef='Any' " ENUM("permissive") "/><categoryGroup tagSetRef='1.4' " ENUM(
				"permissive") " lacv='1'/>"
					      "</requiredCategory></securityClassification>"
					      "<securityClassification name='HIGH' lacv='3' hierarchy='3'/>"
					      "<securityClassification name='PAST' lacv='4' hierarchy='4' "
					      "obsolete='true'/>"
					      "</securityClassifications><securityCategoryTagSets>"
					      "<securityCategoryTagSet name='All' id='1.2'><securityCategoryTag "
					      "name='Shared' tagType='restrictive'>"
					      "<tagCategory name='NEEDS-HIGH' lacv='1' requiredClass='HIGH'/>"
					      "<tagCategory name='NOT-LOW' "
					      "lacv='2'><excludedClass>LOW</excludedClass></tagCategory>"
					      "<tagCategory name='OBSOLETE' lacv='3' obsolete='true'/>"
					      "<tagCategory name='DATED' lacv='4' notBefore='20250101000000Z' "
					      "notAfter='2028-01-01T00:00:00Z'/>"
					      "<tagCategory name='ALONE' lacv='5'><excludedCategory tagSetRef='1.2' "
					      "tagType='restrictive'/></tagCategory>"
					      "<tagCategory name='NOT-A' lacv='6'><excludedCategory "
					      "tagSetRef='1.3' " ENUM(
						      "permissive") " lacv='1'/></tagCategory>"
								    "<tagCategory name='ONE-OF' "
								    "lacv='7'><requiredCategory operation='onlyOne'>"
								    "<categoryGroup tagSetRef='1.3' " ENUM("permissive") " lacv='1'/><categoryGroup tagSetRef='1.3' " ENUM(
									    "permissive") " lacv='2'/>"
											  "</requiredCategory></"
											  "tagCategory>"
											  "<tagCategory name='BOTH' "
											  "lacv='8'><requiredCategory "
											  "operation='all'>"
											  "<categoryGroup "
											  "tagSetRef='1.3' " ENUM("perm"
														  "issi"
														  "ve") " lacv='1'/><categoryGroup tagSetRef='1.3' " ENUM(
												  "permissive") " lacv="
														"'2'/>"
														"</"
														"requir"
														"edCate"
														"gory><"
														"/tagCa"
														"tegory"
														">"
														"</"
														"securi"
														"tyCate"
														"goryTa"
														"g></"
														"securi"
														"tyCate"
														"goryTa"
														"gSet>"
														"<secur"
														"ityCat"
														"egoryT"
														"agSet "
														"name='"
														"Any' "
														"id='1."
														"3'><"
														"securi"
														"tyCate"
														"goryTa"
														"g "
														"name='"
														"Shared"
														"'"
														" " ENUM(
															"permissive") " maxSelection='2'>"
																      "<tagCategory name='A' lacv='001'/><tagCategory name='B' lacv='2'/><tagCategory name='C' lacv='3'/>"
																      "</securityCategoryTag></securityCategoryTagSet>"
																      "<securityCategoryTagSet name='Other' id='1.4'><securityCategoryTag name='Shared' " ENUM(
																	      "permissive") " singleSelection='true'>"
																			    "<tagCategory name='A' lacv='1'/><tagCategory name='D' lacv='2'/>"
																			    "</securityCategoryTag></securityCategoryTagSet>"
																			    "<securityCategoryTagSet name='Two' id='1.5'><securityCategoryTag name='first' " ENUM(
																				    "permissive") ">"
																						  "<tagCategory name='E' lacv='1'/><tagCategory name='G' lacv='2'/></securityCategoryTag>"
																						  "<securityCategoryTag name='second' " ENUM(
																							  "permissive") "><tagCategory name='F' lacv='3'/></securityCategoryTag>"
																									"<securityCategoryTag name='note' tagType='tagType7' minSelection='0'><tagCategory name='E' lacv='4'/></securityCategoryTag>"
																									"<securityCategoryTag name='void' tagType='notApplicable'><tagCategory name='N' lacv='5'/></securityCategoryTag>"
																									"</securityCategoryTagSet></securityCategoryTagSets>"
																									"<privacyMarks><privacyMark name='IN CONFIDENCE'/><privacyMark name='OLD MARK' obsolete='true'/></privacyMarks>"
																									"</SPIF>";

const struct policy_set *rules(void)
{
	static const struct policy_set *set;
	if (!set)
		set = policies_of_text(rules_policy);
	return set;
}

static void must(enum err err, const struct diag *diag, const char *what)
{
	if (err != ERR_OK)
		fail_msg("%s: %s (%s)", what, diag->text, err_text(err));
}

const struct label *compact(const struct policy_set *set, const char *text)
{
	const struct label *label = NULL;
	struct diag diag = {0};
	must(label_parse_compact(set, slice_text(text), keep(), &label, &diag), &diag, text);
	return label;
}

const struct clearance *cleared(const struct policy_set *set, const char *lines)
{
	const struct clearance *clearance = NULL;
	struct diag diag = {0};
	must(clearance_parse_compact(set, slice_text(lines), keep(), &clearance, &diag), &diag, lines);
	return clearance;
}

const struct label *marking(const struct policy_set *set, const char *line)
{
	const struct label *label = NULL;
	struct diag diag = {0};
	must(label_parse_marking(set, slice_text(line), keep(), &label, &diag), &diag, line);
	return label;
}

const struct label *label_of_xml(const struct policy_set *set, const char *xml)
{
	const struct label *label = NULL;
	struct diag diag = {0};
	must(label_parse_xml(set, slice_text(xml), keep(), &label, &diag), &diag, xml);
	return label;
}

const char *printed(const struct label *label)
{
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	label_print_compact(label, &text);
	assert_ok(text.err);
	return arena_text(keep(), buf_slice(&text));
}

const char *marked(const struct label *label, const char *location, const char *lang)
{
	AUTO_BUF text = buf_make(LIMIT_LABEL_TEXT);
	label_mark(label, slice_text(location), slice_text(lang), &text);
	assert_ok(text.err);
	return arena_text(keep(), buf_slice(&text));
}

const char *reasons(const struct label *label, enum label_use use, uint64_t now_ms)
{
	AUTO_BUF text = buf_make(65536);
	enum err err = label_check(label, use, now_ms, &text);
	assert_int_equal(err == ERR_OK, text.len == 0);
	return arena_text(keep(), buf_slice(&text));
}
