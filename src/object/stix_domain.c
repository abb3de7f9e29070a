/* STIX 2.1 domain and relationship objects, property by property, and what all objects have in common.
 * Must never hold what the standard does not say. spec: STIX 2.1 3.2, 4, 5, 10 */
#include "object/stix_rows.h"

/* ---- vocabularies (10) ---- */

#define MOTIVATION_OV                                                                                                  \
	"accidental|coercion|dominance|ideology|notoriety|organizational-gain|personal-gain|personal-satisfaction|"    \
	"revenge|"                                                                                                     \
	"unpredictable"
#define RESOURCE_OV "individual|club|contest|team|organization|government"
#define GROUPING_OV "suspicious-activity|malware-analysis|unspecified"
#define IDENTITY_OV "individual|group|system|organization|class|unknown"
#define SECTOR_OV                                                                                                      \
	"agriculture|aerospace|automotive|chemical|commercial|communications|construction|defense|education|energy|"   \
	"entertainment|financial-services|government|emergency-services|government-local|government-national|"         \
	"government-public-services|government-regional|healthcare|hospitality-leisure|infrastructure|dams|nuclear|"   \
	"water|"                                                                                                       \
	"insurance|manufacturing|mining|non-profit|pharmaceuticals|retail|technology|telecommunications|"              \
	"transportation|"                                                                                              \
	"utilities"
#define INDICATOR_OV "anomalous-activity|anonymization|benign|compromised|malicious-activity|attribution|unknown"
#define PATTERN_OV "stix|pcre|sigma|snort|suricata|yara"
#define INFRASTRUCTURE_OV                                                                                              \
	"amplification|anonymization|botnet|command-and-control|control-system|exfiltration|firewall|hosting-malware|" \
	"hosting-target-lists|phishing|reconnaissance|routers-switches|staging|workstation|unknown"
#define MALWARE_OV                                                                                                     \
	"adware|backdoor|bot|bootkit|ddos|downloader|dropper|exploit-kit|keylogger|ransomware|remote-access-trojan|"   \
	"resource-exploitation|rogue-security-software|rootkit|screen-capture|spyware|trojan|unknown|virus|webshell|"  \
	"wiper|worm"
#define CAPABILITY_OV                                                                                                  \
	"accesses-remote-machines|anti-debugging|anti-disassembly|anti-emulation|anti-memory-forensics|anti-sandbox|"  \
	"anti-vm|"                                                                                                     \
	"captures-input-peripherals|captures-output-peripherals|captures-system-state-data|cleans-traces-of-"          \
	"infection|"                                                                                                   \
	"commits-fraud|communicates-with-c2|compromises-data-availability|compromises-data-integrity|"                 \
	"compromises-system-availability|controls-local-machine|degrades-security-software|degrades-system-updates|"   \
	"determines-c2-server|emails-spam|escalates-privileges|evades-av|exfiltrates-data|fingerprints-host|hides-"    \
	"artifacts|"                                                                                                   \
	"hides-executing-code|infects-files|infects-remote-machines|installs-other-components|"                        \
	"persists-after-system-reboot|prevents-artifact-access|prevents-artifact-deletion|probes-network-environment|" \
	"self-modifies|steals-authentication-credentials|violates-system-operational-integrity"
#define ARCHITECTURE_OV "alpha|arm|ia-64|mips|powerpc|sparc|x86|x86-64"
#define LANGUAGE_OV                                                                                                    \
	"applescript|bash|c|c++|c#|go|java|javascript|lua|objective-c|perl|php|powershell|python|ruby|scala|swift|"    \
	"typescript|"                                                                                                  \
	"visual-basic|x86-32|x86-64"
#define RESULT_OV "malicious|suspicious|benign|unknown"
#define REGION_OV                                                                                                      \
	"africa|eastern-africa|middle-africa|northern-africa|southern-africa|western-africa|americas|caribbean|"       \
	"central-america|latin-america-caribbean|northern-america|south-america|asia|central-asia|eastern-asia|"       \
	"southern-asia|south-eastern-asia|western-asia|europe|eastern-europe|northern-europe|southern-europe|"         \
	"western-europe|oceania|antarctica|australia-new-zealand|melanesia|micronesia|polynesia"
#define REPORT_OV                                                                                                      \
	"attack-pattern|campaign|identity|indicator|intrusion-set|malware|observed-data|threat-actor|threat-report|"   \
	"tool|"                                                                                                        \
	"vulnerability"
#define ACTOR_OV                                                                                                       \
	"activist|competitor|crime-syndicate|criminal|hacker|insider-accidental|insider-disgruntled|nation-state|"     \
	"sensationalist|spy|terrorist|unknown"
#define ROLE_OV "agent|director|independent|infrastructure-architect|infrastructure-operator|malware-author|sponsor"
#define SOPHISTICATION_OV "none|minimal|intermediate|advanced|expert|innovator|strategic"
#define TOOL_OV                                                                                                        \
	"denial-of-service|exploitation|information-gathering|network-capture|credential-exploitation|remote-access|"  \
	"vulnerability-scanning|unknown"
#define OPINION_ENUM "strongly-disagree|disagree|neutral|agree|strongly-agree"

enum { COUNT_MAX = 999999999 };

/* ---- shapes inside of objects ---- */

static const struct stix_property external_reference[] = {FORM("source_name", R, stix_form_filled, "a name"),
	TEXT("description", 0), FORM("url", 0, stix_form_url, "a URL"), HASHES("hashes", 0), TEXT("external_id", 0),
	END};
static const struct stix_rule external_reference_rules[] = {
	ANY_OF("description|url|external_id"), CHECK(stix_check_reference)};
const struct stix_shape stix_external_reference =
	SHAPE_OF("external-reference", external_reference, NULL, external_reference_rules);

static const struct stix_property kill_chain_phase[] = {TEXT("kill_chain_name", R), TEXT("phase_name", R), END};
const struct stix_shape stix_kill_chain_phase = SHAPE_PLAIN("kill-chain-phase", kill_chain_phase, NULL);

static const struct stix_property granular_marking[] = {SPECIAL("selectors", R | L, KIND_SELECTOR),
	REF("marking_ref", 0, "=marking-definition"),
	FORM("lang", 0, stix_form_language, "a language like \"en\" or \"pt-BR\""), END};
static const struct stix_rule granular_marking_rules[] = {ONE_OF("lang|marking_ref")};
const struct stix_shape stix_granular_marking =
	SHAPE_OF("granular-marking", granular_marking, NULL, granular_marking_rules);

#define KILL_CHAIN SHAPE("kill_chain_phases", L, &stix_kill_chain_phase)

/* ---- what all have (3.2) ---- */

const struct stix_property stix_common_properties[] = {
	TEXT("type", R),
	ENUM("spec_version", R, "2.1"),
	TEXT("id", R),
	REF("created_by_ref", 0, "identity"),
	MILLI_TIME("created", R),
	MILLI_TIME("modified", R),
	BOOLEAN("revoked", 0),
	TEXT("labels", L),
	RANGE("confidence", 0, 0, 100),
	FORM("lang", 0, stix_form_language, "a language like \"en\" or \"pt-BR\""),
	SHAPE("external_references", L, &stix_external_reference),
	REF("object_marking_refs", L, "=marking-definition"),
	SHAPE("granular_markings", L, &stix_granular_marking),
	SPECIAL("extensions", 0, KIND_EXTENSIONS),
	END,
};

/* Of a type that no table knows: observables among them have neither times nor version. */
static const struct stix_property custom_common[] = {
	TEXT("type", R),
	ENUM("spec_version", 0, "2.1"),
	TEXT("id", R),
	REF("created_by_ref", 0, "identity"),
	MILLI_TIME("created", 0),
	MILLI_TIME("modified", 0),
	BOOLEAN("revoked", 0),
	TEXT("labels", L),
	RANGE("confidence", 0, 0, 100),
	FORM("lang", 0, stix_form_language, "a language like \"en\" or \"pt-BR\""),
	SHAPE("external_references", L, &stix_external_reference),
	REF("object_marking_refs", L, "=marking-definition"),
	SHAPE("granular_markings", L, &stix_granular_marking),
	SPECIAL("extensions", 0, KIND_EXTENSIONS),
	END,
};
static const struct stix_rule custom_rules[] = {ORDER("created|modified"), NEEDS("modified|created")};
const struct stix_shape stix_custom_shape = SHAPE_OF("custom", custom_common, NULL, custom_rules);

/* ---- domain objects (4) ---- */

#define AGED ORDER("created|modified")

static const struct stix_rule plain_rules[] = {AGED};
static const struct stix_rule seen_rules[] = {AGED, ORDER("first_seen|last_seen")};

static const struct stix_property attack_pattern[] = {
	TEXT("name", R), TEXT("description", 0), TEXT("aliases", L), KILL_CHAIN, END};
static const struct stix_property campaign[] = {TEXT("name", R), TEXT("description", 0), TEXT("aliases", L),
	TIME("first_seen", 0), TIME("last_seen", 0), TEXT("objective", 0), END};
static const struct stix_property course_of_action[] = {TEXT("name", R), TEXT("description", 0), END};
static const struct stix_property grouping[] = {TEXT("name", 0), TEXT("description", 0),
	VOCABULARY("context", R, GROUPING_OV), REF("object_refs", R | L, NULL), END};
static const struct stix_property identity[] = {TEXT("name", R), TEXT("description", 0), TEXT("roles", L),
	VOCABULARY("identity_class", 0, IDENTITY_OV), VOCABULARY("sectors", L, SECTOR_OV),
	TEXT("contact_information", 0), END};
static const struct stix_property incident[] = {TEXT("name", R), TEXT("description", 0), END};
static const struct stix_property indicator[] = {TEXT("name", 0), TEXT("description", 0),
	VOCABULARY("indicator_types", L, INDICATOR_OV), TEXT("pattern", R), VOCABULARY("pattern_type", R, PATTERN_OV),
	TEXT("pattern_version", 0), TIME("valid_from", R), TIME("valid_until", 0), KILL_CHAIN, END};
static const struct stix_rule indicator_rules[] = {AGED, LATER("valid_from|valid_until"), CHECK(stix_check_pattern)};
static const struct stix_property infrastructure[] = {TEXT("name", R), TEXT("description", 0),
	VOCABULARY("infrastructure_types", L, INFRASTRUCTURE_OV), TEXT("aliases", L), KILL_CHAIN, TIME("first_seen", 0),
	TIME("last_seen", 0), END};
static const struct stix_property intrusion_set[] = {TEXT("name", R), TEXT("description", 0), TEXT("aliases", L),
	TIME("first_seen", 0), TIME("last_seen", 0), TEXT("goals", L), VOCABULARY("resource_level", 0, RESOURCE_OV),
	VOCABULARY("primary_motivation", 0, MOTIVATION_OV), VOCABULARY("secondary_motivations", L, MOTIVATION_OV), END};
static const struct stix_property location[] = {TEXT("name", 0), TEXT("description", 0),
	NUMBERS("latitude", 0, -90, 90), NUMBERS("longitude", 0, -180, 180), NUMBER("precision", 0),
	VOCABULARY("region", 0, REGION_OV), TEXT("country", 0), TEXT("administrative_area", 0), TEXT("city", 0),
	TEXT("street_address", 0), TEXT("postal_code", 0), END};
static const struct stix_rule location_rules[] = {AGED, ANY_OF("region|country|latitude"), NEEDS("latitude|longitude"),
	NEEDS("longitude|latitude"), NEEDS("precision|latitude|longitude")};
static const struct stix_property malware[] = {TEXT("name", 0), TEXT("description", 0),
	VOCABULARY("malware_types", L, MALWARE_OV), BOOLEAN("is_family", R), TEXT("aliases", L), KILL_CHAIN,
	TIME("first_seen", 0), TIME("last_seen", 0), REF("operating_system_refs", L, "software"),
	VOCABULARY("architecture_execution_envs", L, ARCHITECTURE_OV),
	VOCABULARY("implementation_languages", L, LANGUAGE_OV), VOCABULARY("capabilities", L, CAPABILITY_OV),
	REF("sample_refs", L, "artifact|file"), END};
static const struct stix_rule malware_rules[] = {AGED, ORDER("first_seen|last_seen"), CHECK(stix_check_family)};
static const struct stix_property malware_analysis[] = {TEXT("product", R), TEXT("version", 0),
	REF("host_vm_ref", 0, "software"), REF("operating_system_ref", 0, "software"),
	REF("installed_software_refs", L, "software"), TEXT("configuration_version", 0), TEXT("modules", L),
	TEXT("analysis_engine_version", 0), TEXT("analysis_definition_version", 0), TIME("submitted", 0),
	TIME("analysis_started", 0), TIME("analysis_ended", 0), TEXT("result_name", 0),
	VOCABULARY("result", 0, RESULT_OV), REF("analysis_sco_refs", L, "@sco"),
	REF("sample_ref", 0, "artifact|file|network-traffic"), END};
static const struct stix_rule malware_analysis_rules[] = {AGED, ANY_OF("result|analysis_sco_refs")};
static const struct stix_property note[] = {
	TEXT("abstract", 0), TEXT("content", R), TEXT("authors", L), REF("object_refs", R | L, NULL), END};
static const struct stix_property observed_data[] = {TIME("first_observed", R), TIME("last_observed", R),
	RANGE("number_observed", R, 1, COUNT_MAX), SPECIAL("objects", 0, KIND_CONTAINER),
	REF("object_refs", L, "@sco|@sro"), END};
static const struct stix_rule observed_data_rules[] = {
	AGED, ORDER("first_observed|last_observed"), ONE_OF("objects|object_refs")};
static const struct stix_property opinion[] = {TEXT("explanation", 0), TEXT("authors", L),
	ENUM("opinion", R, OPINION_ENUM), REF("object_refs", R | L, NULL), END};
static const struct stix_property report[] = {TEXT("name", R), TEXT("description", 0),
	VOCABULARY("report_types", L, REPORT_OV), TIME("published", R), REF("object_refs", R | L, NULL), END};
static const struct stix_property threat_actor[] = {TEXT("name", R), TEXT("description", 0),
	VOCABULARY("threat_actor_types", L, ACTOR_OV), TEXT("aliases", L), TIME("first_seen", 0), TIME("last_seen", 0),
	VOCABULARY("roles", L, ROLE_OV), TEXT("goals", L), VOCABULARY("sophistication", 0, SOPHISTICATION_OV),
	VOCABULARY("resource_level", 0, RESOURCE_OV), VOCABULARY("primary_motivation", 0, MOTIVATION_OV),
	VOCABULARY("secondary_motivations", L, MOTIVATION_OV), VOCABULARY("personal_motivations", L, MOTIVATION_OV),
	END};
static const struct stix_property tool[] = {TEXT("name", R), TEXT("description", 0),
	VOCABULARY("tool_types", L, TOOL_OV), TEXT("aliases", L), KILL_CHAIN, TEXT("tool_version", 0), END};
static const struct stix_property vulnerability[] = {TEXT("name", R), TEXT("description", 0), END};

/* ---- relationship objects (5) ---- */

#define NO_TARGETS "!relationship|sighting|bundle|marking-definition|language-content"

static const struct stix_property relationship[] = {
	FORM("relationship_type", R, stix_form_relation, "lower-case letters, digits and hyphens"),
	TEXT("description", 0), REF("source_ref", R, NO_TARGETS), REF("target_ref", R, NO_TARGETS),
	TIME("start_time", 0), TIME("stop_time", 0), END};
static const struct stix_rule relationship_rules[] = {AGED, LATER("start_time|stop_time")};
static const struct stix_property sighting[] = {TEXT("description", 0), TIME("first_seen", 0), TIME("last_seen", 0),
	RANGE("count", 0, 0, COUNT_MAX),
	REF("sighting_of_ref", R, "!relationship|sighting|bundle|marking-definition|language-content"),
	REF("observed_data_refs", L, "observed-data"), REF("where_sighted_refs", L, "identity|location"),
	BOOLEAN("summary", 0), END};

/* ---- the types ---- */

#define TYPE_SHAPE(name, table, rules)                                                                                 \
	static const struct stix_shape table##_shape = SHAPE_OF(name, table, stix_common_properties, rules)
TYPE_SHAPE("attack-pattern", attack_pattern, plain_rules);
TYPE_SHAPE("campaign", campaign, seen_rules);
TYPE_SHAPE("course-of-action", course_of_action, plain_rules);
TYPE_SHAPE("grouping", grouping, plain_rules);
TYPE_SHAPE("identity", identity, plain_rules);
TYPE_SHAPE("incident", incident, plain_rules);
TYPE_SHAPE("indicator", indicator, indicator_rules);
TYPE_SHAPE("infrastructure", infrastructure, seen_rules);
TYPE_SHAPE("intrusion-set", intrusion_set, seen_rules);
TYPE_SHAPE("location", location, location_rules);
TYPE_SHAPE("malware", malware, malware_rules);
TYPE_SHAPE("malware-analysis", malware_analysis, malware_analysis_rules);
TYPE_SHAPE("note", note, plain_rules);
TYPE_SHAPE("observed-data", observed_data, observed_data_rules);
TYPE_SHAPE("opinion", opinion, plain_rules);
TYPE_SHAPE("report", report, plain_rules);
TYPE_SHAPE("threat-actor", threat_actor, seen_rules);
TYPE_SHAPE("tool", tool, plain_rules);
TYPE_SHAPE("vulnerability", vulnerability, plain_rules);
TYPE_SHAPE("relationship", relationship, relationship_rules);
TYPE_SHAPE("sighting", sighting, seen_rules);

#define DOMAIN(name, table)                                                                                            \
	{                                                                                                              \
		name, STIX_DOMAIN, &table##_shape, NULL                                                                \
	}
const struct stix_type stix_domain_types[] = {
	{"relationship", STIX_RELATION, &relationship_shape, NULL},
	{"sighting", STIX_RELATION, &sighting_shape, NULL},
	DOMAIN("attack-pattern", attack_pattern),
	DOMAIN("campaign", campaign),
	DOMAIN("course-of-action", course_of_action),
	DOMAIN("grouping", grouping),
	DOMAIN("identity", identity),
	DOMAIN("incident", incident),
	DOMAIN("indicator", indicator),
	DOMAIN("infrastructure", infrastructure),
	DOMAIN("intrusion-set", intrusion_set),
	DOMAIN("location", location),
	DOMAIN("malware", malware),
	DOMAIN("malware-analysis", malware_analysis),
	DOMAIN("note", note),
	DOMAIN("observed-data", observed_data),
	DOMAIN("opinion", opinion),
	DOMAIN("report", report),
	DOMAIN("threat-actor", threat_actor),
	DOMAIN("tool", tool),
	DOMAIN("vulnerability", vulnerability),
	{.name = NULL},
};
