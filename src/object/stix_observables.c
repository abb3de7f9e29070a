/* STIX 2.1 cyber-observable objects and their predefined extensions, property by property.
 * Must never hold what the standard does not say. spec: STIX 2.1 6 */
#include "object/stix_rows.h"

#define ACCOUNT_OV                                                                                                     \
	"facebook|ldap|nis|openid|radius|skype|tacacs|twitter|unix|windows-local|windows-domain|kavi|windows "         \
	"local|windows domain"
#define PE_OV "dll|exe|sys"
#define ENCRYPTION_ENUM "AES-256-GCM|ChaCha20-Poly1305|mime-type-indicated"
#define FAMILY_ENUM "AF_UNSPEC|AF_INET|AF_IPX|AF_APPLETALK|AF_NETBIOS|AF_INET6|AF_IRDA|AF_BTH"
#define SOCKET_ENUM "SOCK_STREAM|SOCK_DGRAM|SOCK_RAW|SOCK_RDM|SOCK_SEQPACKET"
#define REGISTRY_ENUM                                                                                                  \
	"REG_NONE|REG_SZ|REG_EXPAND_SZ|REG_BINARY|REG_DWORD|REG_DWORD_BIG_ENDIAN|REG_DWORD_LITTLE_ENDIAN|REG_LINK|"    \
	"REG_MULTI_SZ|REG_RESOURCE_LIST|REG_FULL_RESOURCE_DESCRIPTION|REG_RESOURCE_REQUIREMENTS_LIST|REG_QWORD|"       \
	"REG_INVALID_TYPE"
#define START_ENUM "SERVICE_AUTO_START|SERVICE_BOOT_START|SERVICE_DEMAND_START|SERVICE_DISABLED|SERVICE_SYSTEM_ALERT"
#define SERVICE_ENUM                                                                                                   \
	"SERVICE_KERNEL_DRIVER|SERVICE_FILE_SYSTEM_DRIVER|SERVICE_WIN32_OWN_PROCESS|SERVICE_WIN32_SHARE_PROCESS"
#define STATUS_ENUM                                                                                                    \
	"SERVICE_CONTINUE_PENDING|SERVICE_PAUSE_PENDING|SERVICE_PAUSED|SERVICE_RUNNING|SERVICE_START_PENDING|"         \
	"SERVICE_STOP_PENDING|SERVICE_STOPPED"
#define INTEGRITY_ENUM "low|medium|high|system"

enum { PORT_MAX = 65535 };

const struct stix_property stix_observable_properties[] = {
	TEXT("type", R),
	ENUM("spec_version", 0, "2.1"),
	TEXT("id", R),
	REF("object_marking_refs", L, "=marking-definition"),
	SHAPE("granular_markings", L, &stix_granular_marking),
	BOOLEAN("defanged", 0),
	SPECIAL("extensions", 0, KIND_EXTENSIONS),
	END,
};

static const struct stix_rule something_rules[] = {SOMETHING};

/* ---- shapes inside of observables ---- */

static const struct stix_property mime_part[] = {TEXT("body", 0), REF("body_raw_ref", 0, "artifact|file"),
	TEXT("content_type", 0), TEXT("content_disposition", 0), END};
static const struct stix_rule mime_part_rules[] = {ANY_OF("body|body_raw_ref")};
static const struct stix_shape mime_part_shape = SHAPE_OF("email-mime-component", mime_part, NULL, mime_part_rules);

static const struct stix_property registry_value[] = {
	TEXT("name", 0), TEXT("data", 0), ENUM("data_type", 0, REGISTRY_ENUM), END};
static const struct stix_rule registry_value_rules[] = {ANY_OF("name|data|data_type")};
static const struct stix_shape registry_value_shape =
	SHAPE_OF("windows-registry-value-type", registry_value, NULL, registry_value_rules);

static const struct stix_property x509_v3[] = {TEXT("basic_constraints", 0), TEXT("name_constraints", 0),
	TEXT("policy_constraints", 0), TEXT("key_usage", 0), TEXT("extended_key_usage", 0),
	TEXT("subject_key_identifier", 0), TEXT("authority_key_identifier", 0), TEXT("subject_alternative_name", 0),
	TEXT("issuer_alternative_name", 0), TEXT("subject_directory_attributes", 0), TEXT("crl_distribution_points", 0),
	TEXT("inhibit_any_policy", 0), TIME("private_key_usage_period_not_before", 0),
	TIME("private_key_usage_period_not_after", 0), TEXT("certificate_policies", 0), TEXT("policy_mappings", 0),
	END};
static const struct stix_shape x509_v3_shape = SHAPE_OF("x509-v3-extensions-type", x509_v3, NULL, something_rules);

static const struct stix_property data_stream[] = {TEXT("name", R), HASHES("hashes", 0), COUNT("size", 0), END};
static const struct stix_shape data_stream_shape = SHAPE_PLAIN("alternate-data-stream-type", data_stream, NULL);

static const struct stix_property pe_section[] = {
	TEXT("name", R), COUNT("size", 0), NUMBER("entropy", 0), HASHES("hashes", 0), END};
static const struct stix_shape pe_section_shape = SHAPE_PLAIN("windows-pe-section", pe_section, NULL);

static const struct stix_property pe_header[] = {HEX("magic_hex", 0), INTEGER("major_linker_version", 0),
	INTEGER("minor_linker_version", 0), COUNT("size_of_code", 0), COUNT("size_of_initialized_data", 0),
	COUNT("size_of_uninitialized_data", 0), INTEGER("address_of_entry_point", 0), INTEGER("base_of_code", 0),
	INTEGER("base_of_data", 0), INTEGER("image_base", 0), INTEGER("section_alignment", 0),
	INTEGER("file_alignment", 0), INTEGER("major_os_version", 0), INTEGER("minor_os_version", 0),
	INTEGER("major_image_version", 0), INTEGER("minor_image_version", 0), INTEGER("major_subsystem_version", 0),
	INTEGER("minor_subsystem_version", 0), HEX("win32_version_value_hex", 0), COUNT("size_of_image", 0),
	COUNT("size_of_headers", 0), HEX("checksum_hex", 0), HEX("subsystem_hex", 0), HEX("dll_characteristics_hex", 0),
	COUNT("size_of_stack_reserve", 0), COUNT("size_of_stack_commit", 0), COUNT("size_of_heap_reserve", 0),
	COUNT("size_of_heap_commit", 0), HEX("loader_flags_hex", 0), INTEGER("number_of_rva_and_sizes", 0),
	HASHES("hashes", 0), END};
static const struct stix_shape pe_header_shape =
	SHAPE_OF("windows-pe-optional-header-type", pe_header, NULL, something_rules);

/* ---- predefined extensions ---- */

static const struct stix_property archive_ext[] = {
	REF("contains_refs", R | L, "file|directory"), TEXT("comment", 0), END};
static const struct stix_property ntfs_ext[] = {
	TEXT("sid", 0), SHAPE("alternate_data_streams", L, &data_stream_shape), END};
static const struct stix_property pdf_ext[] = {TEXT("version", 0), BOOLEAN("is_optimized", 0),
	DICTIONARY_OF("document_info_dict", 0, KIND_TEXT), TEXT("pdfid0", 0), TEXT("pdfid1", 0), END};
static const struct stix_property raster_image_ext[] = {INTEGER("image_height", 0), INTEGER("image_width", 0),
	INTEGER("bits_per_pixel", 0), DICTIONARY("exif_tags", 0), END};
static const struct stix_property pebinary_ext[] = {VOCABULARY("pe_type", R, PE_OV), TEXT("imphash", 0),
	HEX("machine_hex", 0), COUNT("number_of_sections", 0),
	FORM("time_date_stamp", 0, stix_form_second, "a time without decimals"), HEX("pointer_to_symbol_table_hex", 0),
	COUNT("number_of_symbols", 0), COUNT("size_of_optional_header", 0), HEX("characteristics_hex", 0),
	HASHES("file_header_hashes", 0), SHAPE("optional_header", 0, &pe_header_shape),
	SHAPE("sections", L, &pe_section_shape), END};
static const struct stix_property http_request_ext[] = {TEXT("request_method", R), TEXT("request_value", R),
	TEXT("request_version", 0), DICTIONARY("request_header", 0), INTEGER("message_body_length", 0),
	REF("message_body_data_ref", 0, "artifact"), END};
static const struct stix_property icmp_ext[] = {HEX("icmp_type_hex", R), HEX("icmp_code_hex", R), END};
static const struct stix_property socket_ext[] = {ENUM("address_family", R, FAMILY_ENUM), BOOLEAN("is_blocking", 0),
	BOOLEAN("is_listening", 0), DICTIONARY_OF("options", 0, KIND_INTEGER), ENUM("socket_type", 0, SOCKET_ENUM),
	COUNT("socket_descriptor", 0), INTEGER("socket_handle", 0), END};
static const struct stix_property tcp_ext[] = {HEX("src_flags_hex", 0), HEX("dst_flags_hex", 0), END};
static const struct stix_property windows_process_ext[] = {BOOLEAN("aslr_enabled", 0), BOOLEAN("dep_enabled", 0),
	TEXT("priority", 0), TEXT("owner_sid", 0), TEXT("window_title", 0), DICTIONARY("startup_info", 0),
	ENUM("integrity_level", 0, INTEGRITY_ENUM), END};
static const struct stix_property windows_service_ext[] = {TEXT("service_name", 0), TEXT("descriptions", L),
	TEXT("display_name", 0), TEXT("group_name", 0), ENUM("start_type", 0, START_ENUM),
	REF("service_dll_refs", L, "file"), ENUM("service_type", 0, SERVICE_ENUM),
	ENUM("service_status", 0, STATUS_ENUM), END};
static const struct stix_property unix_account_ext[] = {
	INTEGER("gid", 0), TEXT("groups", L), TEXT("home_dir", 0), TEXT("shell", 0), END};

static const struct stix_shape archive_ext_shape = SHAPE_PLAIN("archive-ext", archive_ext, NULL);
static const struct stix_shape ntfs_ext_shape = SHAPE_OF("ntfs-ext", ntfs_ext, NULL, something_rules);
static const struct stix_shape pdf_ext_shape = SHAPE_OF("pdf-ext", pdf_ext, NULL, something_rules);
static const struct stix_shape raster_image_ext_shape =
	SHAPE_OF("raster-image-ext", raster_image_ext, NULL, something_rules);
static const struct stix_shape pebinary_ext_shape =
	SHAPE_OF("windows-pebinary-ext", pebinary_ext, NULL, something_rules);
static const struct stix_shape http_request_ext_shape = SHAPE_PLAIN("http-request-ext", http_request_ext, NULL);
static const struct stix_shape icmp_ext_shape = SHAPE_PLAIN("icmp-ext", icmp_ext, NULL);
static const struct stix_shape socket_ext_shape = SHAPE_PLAIN("socket-ext", socket_ext, NULL);
static const struct stix_shape tcp_ext_shape = SHAPE_OF("tcp-ext", tcp_ext, NULL, something_rules);
static const struct stix_shape windows_process_ext_shape =
	SHAPE_OF("windows-process-ext", windows_process_ext, NULL, something_rules);
static const struct stix_shape windows_service_ext_shape =
	SHAPE_OF("windows-service-ext", windows_service_ext, NULL, something_rules);
static const struct stix_shape unix_account_ext_shape =
	SHAPE_OF("unix-account-ext", unix_account_ext, NULL, something_rules);

const struct stix_extension stix_extensions[] = {
	{"archive-ext", "file", &archive_ext_shape},
	{"ntfs-ext", "file", &ntfs_ext_shape},
	{"pdf-ext", "file", &pdf_ext_shape},
	{"raster-image-ext", "file", &raster_image_ext_shape},
	{"windows-pebinary-ext", "file", &pebinary_ext_shape},
	{"http-request-ext", "network-traffic", &http_request_ext_shape},
	{"icmp-ext", "network-traffic", &icmp_ext_shape},
	{"socket-ext", "network-traffic", &socket_ext_shape},
	{"tcp-ext", "network-traffic", &tcp_ext_shape},
	{"windows-process-ext", "process", &windows_process_ext_shape},
	{"windows-service-ext", "process", &windows_service_ext_shape},
	{"unix-account-ext", "user-account", &unix_account_ext_shape},
	{NULL, NULL, NULL},
};

/* ---- the types ---- */

static const struct stix_property artifact[] = {TEXT("mime_type", 0), BINARY("payload_bin", 0),
	FORM("url", 0, stix_form_url, "a URL"), HASHES("hashes", 0), ENUM("encryption_algorithm", 0, ENCRYPTION_ENUM),
	TEXT("decryption_key", 0), END};
static const struct stix_rule artifact_rules[] = {
	ONE_OF("payload_bin|url"), NEEDS("url|hashes"), NEEDS("decryption_key|encryption_algorithm")};
static const struct stix_property autonomous_system[] = {INTEGER("number", R), TEXT("name", 0), TEXT("rir", 0), END};
static const struct stix_property directory[] = {TEXT("path", R), TEXT("path_enc", 0), TIME("ctime", 0),
	TIME("mtime", 0), TIME("atime", 0), REF("contains_refs", L, "file|directory"), END};
static const struct stix_property domain_name[] = {FORM("value", R, stix_form_filled, "a domain name"),
	REF("resolves_to_refs", L, "ipv4-addr|ipv6-addr|domain-name"), END};
static const struct stix_property email_addr[] = {FORM("value", R, stix_form_email, "an address like name@example.org"),
	TEXT("display_name", 0), REF("belongs_to_ref", 0, "user-account"), END};
static const struct stix_property email_message[] = {BOOLEAN("is_multipart", R), TIME("date", 0),
	TEXT("content_type", 0), REF("from_ref", 0, "email-addr"), REF("sender_ref", 0, "email-addr"),
	REF("to_refs", L, "email-addr"), REF("cc_refs", L, "email-addr"), REF("bcc_refs", L, "email-addr"),
	TEXT("message_id", 0), TEXT("subject", 0), TEXT("received_lines", L), DICTIONARY("additional_header_fields", 0),
	TEXT("body", 0), SHAPE("body_multipart", L, &mime_part_shape), REF("raw_email_ref", 0, "artifact"), END};
static const struct stix_rule email_message_rules[] = {CHECK(stix_check_message)};
static const struct stix_property file[] = {HASHES("hashes", 0), COUNT("size", 0), TEXT("name", 0), TEXT("name_enc", 0),
	HEX("magic_number_hex", 0), TEXT("mime_type", 0), TIME("ctime", 0), TIME("mtime", 0), TIME("atime", 0),
	REF("parent_directory_ref", 0, "directory"), REF("contains_refs", L, "@sco"), REF("content_ref", 0, "artifact"),
	END};
static const struct stix_rule file_rules[] = {ANY_OF("hashes|name")};
static const struct stix_property ipv4_addr[] = {
	FORM("value", R, stix_form_ipv4, "an IPv4 address, or one with a prefix length"),
	REF("resolves_to_refs", L, "mac-addr"), REF("belongs_to_refs", L, "autonomous-system"), END};
static const struct stix_property ipv6_addr[] = {
	FORM("value", R, stix_form_ipv6, "an IPv6 address, or one with a prefix length"),
	REF("resolves_to_refs", L, "mac-addr"), REF("belongs_to_refs", L, "autonomous-system"), END};
static const struct stix_property mac_addr[] = {
	FORM("value", R, stix_form_mac, "six pairs of lower-case hexadecimal digits with colons"), END};
static const struct stix_property mutex[] = {TEXT("name", R), END};
#define ADDRESS "ipv4-addr|ipv6-addr|mac-addr|domain-name"
static const struct stix_property network_traffic[] = {TIME("start", 0), TIME("end", 0), BOOLEAN("is_active", 0),
	REF("src_ref", 0, ADDRESS), REF("dst_ref", 0, ADDRESS), RANGE("src_port", 0, 0, PORT_MAX),
	RANGE("dst_port", 0, 0, PORT_MAX), TEXT("protocols", R | L), COUNT("src_byte_count", 0),
	COUNT("dst_byte_count", 0), COUNT("src_packets", 0), COUNT("dst_packets", 0), DICTIONARY("ipfix", 0),
	REF("src_payload_ref", 0, "artifact"), REF("dst_payload_ref", 0, "artifact"),
	REF("encapsulates_refs", L, "network-traffic"), REF("encapsulated_by_ref", 0, "network-traffic"), END};
static const struct stix_rule network_traffic_rules[] = {
	ANY_OF("src_ref|dst_ref"), ORDER("start|end"), CHECK(stix_check_traffic)};
static const struct stix_property process[] = {BOOLEAN("is_hidden", 0), INTEGER("pid", 0), TIME("created_time", 0),
	TEXT("cwd", 0), TEXT("command_line", 0), DICTIONARY_OF("environment_variables", 0, KIND_TEXT),
	REF("opened_connection_refs", L, "network-traffic"), REF("creator_user_ref", 0, "user-account"),
	REF("image_ref", 0, "file"), REF("parent_ref", 0, "process"), REF("child_refs", L, "process"), END};
static const struct stix_property software[] = {TEXT("name", R), TEXT("cpe", 0), TEXT("swid", 0), TEXT("languages", L),
	TEXT("vendor", 0), TEXT("version", 0), END};
static const struct stix_property url[] = {FORM("value", R, stix_form_url, "a URL"), END};
static const struct stix_property user_account[] = {TEXT("user_id", 0), TEXT("credential", 0), TEXT("account_login", 0),
	VOCABULARY("account_type", 0, ACCOUNT_OV), TEXT("display_name", 0), BOOLEAN("is_service_account", 0),
	BOOLEAN("is_privileged", 0), BOOLEAN("can_escalate_privs", 0), BOOLEAN("is_disabled", 0),
	TIME("account_created", 0), TIME("account_expires", 0), TIME("credential_last_changed", 0),
	TIME("account_first_login", 0), TIME("account_last_login", 0), END};
static const struct stix_property windows_registry_key[] = {
	FORM("key", 0, stix_form_key, "a key whose hive is written in full, like HKEY_LOCAL_MACHINE"),
	SHAPE("values", L, &registry_value_shape), TIME("modified_time", 0), REF("creator_user_ref", 0, "user-account"),
	INTEGER("number_of_subkeys", 0), END};
static const struct stix_property x509_certificate[] = {BOOLEAN("is_self_signed", 0), HASHES("hashes", 0),
	TEXT("version", 0), TEXT("serial_number", 0), TEXT("signature_algorithm", 0), TEXT("issuer", 0),
	TIME("validity_not_before", 0), TIME("validity_not_after", 0), TEXT("subject", 0),
	TEXT("subject_public_key_algorithm", 0), TEXT("subject_public_key_modulus", 0),
	INTEGER("subject_public_key_exponent", 0), SHAPE("x509_v3_extensions", 0, &x509_v3_shape), END};

#define OBSERVABLE_PLAIN(name, table)                                                                                  \
	static const struct stix_shape table##_shape = SHAPE_PLAIN(name, table, stix_observable_properties)
#define OBSERVABLE_SHAPE(name, table, rules)                                                                           \
	static const struct stix_shape table##_shape = SHAPE_OF(name, table, stix_observable_properties, rules)
OBSERVABLE_SHAPE("artifact", artifact, artifact_rules);
OBSERVABLE_PLAIN("autonomous-system", autonomous_system);
OBSERVABLE_PLAIN("directory", directory);
OBSERVABLE_PLAIN("domain-name", domain_name);
OBSERVABLE_PLAIN("email-addr", email_addr);
OBSERVABLE_SHAPE("email-message", email_message, email_message_rules);
OBSERVABLE_SHAPE("file", file, file_rules);
OBSERVABLE_PLAIN("ipv4-addr", ipv4_addr);
OBSERVABLE_PLAIN("ipv6-addr", ipv6_addr);
OBSERVABLE_PLAIN("mac-addr", mac_addr);
OBSERVABLE_PLAIN("mutex", mutex);
OBSERVABLE_SHAPE("network-traffic", network_traffic, network_traffic_rules);
OBSERVABLE_SHAPE("process", process, something_rules);
OBSERVABLE_PLAIN("software", software);
OBSERVABLE_PLAIN("url", url);
OBSERVABLE_SHAPE("user-account", user_account, something_rules);
OBSERVABLE_SHAPE("windows-registry-key", windows_registry_key, something_rules);
OBSERVABLE_SHAPE("x509-certificate", x509_certificate, something_rules);

#define OBSERVABLE(name, table, identity)                                                                              \
	{                                                                                                              \
		name, STIX_OBSERVABLE, &table##_shape, identity                                                        \
	}
const struct stix_type stix_observable_types[] = {
	OBSERVABLE("artifact", artifact, "hashes|payload_bin"),
	OBSERVABLE("autonomous-system", autonomous_system, "number"),
	OBSERVABLE("directory", directory, "path"),
	OBSERVABLE("domain-name", domain_name, "value"),
	OBSERVABLE("email-addr", email_addr, "value"),
	OBSERVABLE("email-message", email_message, "from_ref|subject|body"),
	OBSERVABLE("file", file, "hashes|name|extensions|parent_directory_ref"),
	OBSERVABLE("ipv4-addr", ipv4_addr, "value"),
	OBSERVABLE("ipv6-addr", ipv6_addr, "value"),
	OBSERVABLE("mac-addr", mac_addr, "value"),
	OBSERVABLE("mutex", mutex, "name"),
	OBSERVABLE(
		"network-traffic", network_traffic, "start|end|src_ref|dst_ref|src_port|dst_port|protocols|extensions"),
	OBSERVABLE("process", process, NULL),
	OBSERVABLE("software", software, "name|cpe|swid|vendor|version"),
	OBSERVABLE("url", url, "value"),
	OBSERVABLE("user-account", user_account, "account_type|user_id|account_login"),
	OBSERVABLE("windows-registry-key", windows_registry_key, "key|values"),
	OBSERVABLE("x509-certificate", x509_certificate, "hashes|serial_number"),
	{.name = NULL},
};
