/* What the node was started with goes into the ledger: who looks later sees every change of settings and policies. */
#include "proc/master/node.h"

#include "crypto/crypto.h"
#include "ledger/record.h"
#include "os/clock.h"
#include "os/log.h"

enum { RECORD_MAX = 4096 };

void configuration_digest(struct node *node, struct slice policies)
{
	const struct slice parts[] = {node->settings_text, policies};
	crypto_sha256_parts(parts, 2, node->configuration);
}

void configuration_record(struct node *node, struct part *ledger)
{
	struct ledger_record record = {
		.kind = LEDGER_CONFIG,
		.at = clock_now_ms(),
		.actor = SLICE("bicesd"),
		.subject = node->settings.nation,
		.basis = node->degraded ? SLICE("settings and policies, degraded") : SLICE("settings and policies"),
	};
	if (node->recorded)
		return;
	memcpy(record.digest, node->configuration, sizeof(record.digest));
	AUTO_BUF encoded = buf_make(RECORD_MAX);
	record_encode(&ledger_record_schema, &record, &encoded);
	struct record_item item = {buf_slice(&encoded)};
	struct msg_record message = {{&item, 1}};
	enum err err = encoded.err != ERR_OK ? encoded.err : channel_send(ledger->channel, MSG_RECORD, 1, &message, -1);
	if (err != ERR_OK)
		log_line(LOG_ERROR, "the configuration is not recorded: %s", err_text(err));
	node->recorded = err == ERR_OK;
}
