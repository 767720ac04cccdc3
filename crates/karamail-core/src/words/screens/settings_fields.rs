//! What the settings screens call each key of the settings file, and what each choice means. Keys are named as in the file,
//! mailboxes and series without their number: `mailbox.pop3.port`.

use super::super::Language;
use super::settings_help::HELP;

/// A name in both languages.
pub(super) struct Named {
    pub(super) key: &'static str,
    pub(super) ja: &'static str,
    pub(super) en: &'static str,
}

/// One choice of a key.
struct Choice {
    key: &'static str,
    value: &'static str,
    ja: &'static str,
    en: &'static str,
}

pub(super) const fn named(key: &'static str, ja: &'static str, en: &'static str) -> Named {
    Named { key, ja, en }
}

const fn choice(key: &'static str, value: &'static str, ja: &'static str, en: &'static str) -> Choice {
    Choice { key, value, ja, en }
}

const LABELS: [Named; 71] = [
    named("general.language", "言語", "Language"),
    named("general.shop_name", "店名", "Shop name"),
    named(
        "general.autostart",
        "パソコンの起動時に自動で立ち上げる",
        "Start when the computer starts",
    ),
    named(
        "general.notify_trouble",
        "受信や送信が止まったら通知で知らせる",
        "Notify me when mail stops being fetched or sent",
    ),
    named(
        "general.notify_receipts",
        "受付番号を発行するたびに通知で知らせる",
        "Notify me of each receipt number",
    ),
    named(
        "general.check_interval_seconds",
        "受信チェック間隔(秒)",
        "Check interval (seconds)",
    ),
    named("general.log_folder", "ログのフォルダー", "Folder of the logs"),
    named(
        "general.archive_days",
        "消したメールの写しを残す日数",
        "Days that copies of mail stay",
    ),
    named(
        "general.log_months",
        "毎月のログを残す月数",
        "Months that logs stay",
    ),
    named(
        "general.diagnostic_log_days",
        "診断ログを残す日数",
        "Days that the diagnostic log stays",
    ),
    named("series.name", "番号系列の名前", "Name of the series"),
    named("series.first_number", "最初の受付番号", "First receipt number"),
    named(
        "receipt.subject",
        "受付完了メール 見出し(件名)",
        "Receipt: subject",
    ),
    named("receipt.body", "受付完了メール 本文", "Receipt: body"),
    named(
        "receipt.body_file",
        "受付完了メールの本文のファイル",
        "Receipt: file with the body",
    ),
    named(
        "receipt.invitation",
        "お客様を誘った文言",
        "Words of the invitation",
    ),
    named(
        "duplicate.action",
        "受付済みメールの処理方法",
        "What an address with a number gets",
    ),
    named(
        "duplicate.subject",
        "返信メール 見出し(件名)",
        "Repeat reply: subject",
    ),
    named("duplicate.body", "返信メール 本文", "Repeat reply: body"),
    named(
        "duplicate.body_file",
        "返信メールの本文のファイル",
        "Repeat reply: file with the body",
    ),
    named("opt_out.words", "退会の言葉", "Words for leaving"),
    named(
        "opt_out.subject",
        "退会への返信 見出し(件名)",
        "Answer to leaving: subject",
    ),
    named("opt_out.body", "退会への返信 本文", "Answer to leaving: body"),
    named(
        "opt_out.body_file",
        "退会への返信の本文のファイル",
        "Answer to leaving: file with the body",
    ),
    named(
        "guard.limit_address_per_hour",
        "1 つのアドレスへの返信の上限(1 時間)",
        "Answers to one address in an hour",
    ),
    named(
        "guard.limit_address_per_day",
        "1 つのアドレスへの返信の上限(1 日)",
        "Answers to one address in a day",
    ),
    named(
        "guard.limit_mailbox_per_hour",
        "1 つのメールボックスからの返信の上限(1 時間)",
        "Answers of one mailbox in an hour",
    ),
    named(
        "guard.backlog_hours",
        "最初の収集で返信しないメールの古さ(時間)",
        "Old mail on first contact (hours)",
    ),
    named(
        "guard.hold_spoofed",
        "なりすましの疑いがあるメールを保留にする",
        "Hold mail that may be forged",
    ),
    named(
        "guard.authentication_hosts",
        "判定を信用する受信サーバー",
        "Servers whose verdict is believed",
    ),
    named(
        "guard.require_addressed",
        "宛先に自分のアドレスがあるメールだけに返信する",
        "Answer only mail that is addressed to us",
    ),
    named(
        "guard.blocked",
        "返信しないアドレスとドメイン",
        "Addresses and domains never answered",
    ),
    named(
        "guard.also_empty_subjects",
        "空とみなす件名",
        "Subjects that count as empty",
    ),
    named("guard.shop_words", "合言葉", "Shop words"),
    named(
        "guard.shop_word_in",
        "合言葉を書く場所",
        "Where the shop word stands",
    ),
    named("mailbox.name", "名前", "Name"),
    named(
        "mailbox.enabled",
        "このメールボックスを収集する",
        "Collect this mailbox",
    ),
    named("mailbox.address", "Emailアドレス", "E-mail address"),
    named("mailbox.aliases", "ほかのアドレス", "Other addresses"),
    named("mailbox.display_name", "差出人の名前", "Name of the sender"),
    named("mailbox.reply_to", "返信先アドレス", "Answers go to"),
    named("mailbox.signature", "署名", "Signature"),
    named(
        "mailbox.forward_to",
        "対象外メールの送信先",
        "Other mail is forwarded to",
    ),
    named("mailbox.series", "番号系列", "Number series"),
    named(
        "mailbox.keep",
        "処理済みのメールをサーバーから消す時期",
        "When settled mail leaves the server",
    ),
    named("mailbox.keep_days", "消すまでの日数", "Days until then"),
    named("mailbox.pop3.host", "受信サーバー", "POP3 server"),
    named("mailbox.pop3.port", "受信ポート番号", "Port"),
    named("mailbox.pop3.security", "暗号化", "Protection"),
    named("mailbox.pop3.user", "アカウント", "Account"),
    named("mailbox.pop3.authentication", "認証の方法", "How to log in"),
    named(
        "mailbox.pop3.connect_timeout_seconds",
        "接続を待つ時間(秒)",
        "Wait for the connection (seconds)",
    ),
    named(
        "mailbox.pop3.read_timeout_seconds",
        "応答を待つ時間(秒)",
        "Wait for an answer (seconds)",
    ),
    named(
        "mailbox.pop3.session_timeout_seconds",
        "1 回の受信の最長時間(秒)",
        "Longest session (seconds)",
    ),
    named(
        "mailbox.pop3.largest_mail_megabytes",
        "受信するメールの大きさの上限(MB)",
        "Largest mail (MB)",
    ),
    named(
        "mailbox.pop3.extra_ca_file",
        "証明書のファイル",
        "File of certificates",
    ),
    named(
        "mailbox.pop3.save_password",
        "パスワードを保存する",
        "Keep the password",
    ),
    named("mailbox.smtp.host", "送信サーバー", "SMTP server"),
    named("mailbox.smtp.port", "送信ポート番号", "Port"),
    named("mailbox.smtp.security", "暗号化", "Protection"),
    named("mailbox.smtp.authentication", "SMTP認証", "SMTP AUTH"),
    named("mailbox.smtp.mechanism", "SMTP認証の方法", "Mechanism"),
    named(
        "mailbox.smtp.same_credentials_as_pop3",
        "受信用と同じアカウントとパスワードを使う",
        "Same account and password as for receiving",
    ),
    named("mailbox.smtp.user", "アカウント", "Account"),
    named(
        "mailbox.smtp.timeout_seconds",
        "応答を待つ時間(秒)",
        "Wait for an answer (seconds)",
    ),
    named(
        "mailbox.smtp.send_interval_milliseconds",
        "送信間隔(ミリ秒)",
        "Pause between letters (milliseconds)",
    ),
    named(
        "mailbox.smtp.connections",
        "同時に使う接続の数",
        "Connections at once",
    ),
    named(
        "mailbox.smtp.extra_ca_file",
        "証明書のファイル",
        "File of certificates",
    ),
    named(
        "mailbox.smtp.save_password",
        "パスワードを保存する",
        "Keep the password",
    ),
    named("yes", "する", "Yes"),
    named("no", "しない", "No"),
];

const CHOICES: [Choice; 33] = [
    choice("general.language", "ja", "日本語", "Japanese (日本語)"),
    choice("general.language", "en", "英語(English)", "English"),
    choice(
        "duplicate.action",
        "repeat",
        "前の受付番号をもう一度知らせる",
        "Tell the old number again",
    ),
    choice("duplicate.action", "ignore", "何も返信しない", "Send nothing"),
    choice(
        "duplicate.action",
        "new-number",
        "新しい受付番号を発行する",
        "Give a new number",
    ),
    choice("guard.shop_word_in", "subject", "件名", "In the subject"),
    choice("guard.shop_word_in", "body", "本文", "In the body"),
    choice(
        "guard.shop_word_in",
        "either",
        "件名と本文のどちらでもよい",
        "In either of them",
    ),
    choice("mailbox.keep", "delete", "すぐに消す", "At once"),
    choice("mailbox.keep", "keep", "消さない", "Never"),
    choice("mailbox.keep", "days", "日数がたってから消す", "After some days"),
    choice(
        "mailbox.keep",
        "when-erased",
        "収集結果でその人を消したときに消す",
        "When the person is erased in the results",
    ),
    choice(
        "mailbox.pop3.security",
        "tls",
        "最初から暗号化(SSL/TLS)",
        "From the first byte (SSL/TLS)",
    ),
    choice(
        "mailbox.pop3.security",
        "starttls",
        "途中から暗号化(STARTTLS)",
        "After the greeting (STARTTLS)",
    ),
    choice("mailbox.pop3.security", "none", "暗号化しない", "None"),
    choice(
        "mailbox.pop3.authentication",
        "auto",
        "自動(おすすめ)",
        "Automatic (recommended)",
    ),
    choice(
        "mailbox.pop3.authentication",
        "user-pass",
        "通常のパスワード(USER)",
        "Plain password (USER)",
    ),
    choice("mailbox.pop3.authentication", "apop", "APOP", "APOP"),
    choice("mailbox.pop3.authentication", "plain", "PLAIN", "PLAIN"),
    choice("mailbox.pop3.authentication", "login", "LOGIN", "LOGIN"),
    choice("mailbox.pop3.authentication", "cram-md5", "CRAM-MD5", "CRAM-MD5"),
    choice("mailbox.pop3.authentication", "xoauth2", "XOAUTH2", "XOAUTH2"),
    choice(
        "mailbox.smtp.security",
        "tls",
        "最初から暗号化(SSL/TLS)",
        "From the first byte (SSL/TLS)",
    ),
    choice(
        "mailbox.smtp.security",
        "starttls",
        "途中から暗号化(STARTTLS)",
        "After the greeting (STARTTLS)",
    ),
    choice("mailbox.smtp.security", "none", "暗号化しない", "None"),
    choice("mailbox.smtp.authentication", "password", "する", "Yes"),
    choice(
        "mailbox.smtp.authentication",
        "pop-before-smtp",
        "しない(送信前に受信する)",
        "No (receive before sending)",
    ),
    choice("mailbox.smtp.authentication", "none", "しない", "No"),
    choice(
        "mailbox.smtp.mechanism",
        "auto",
        "自動(おすすめ)",
        "Automatic (recommended)",
    ),
    choice("mailbox.smtp.mechanism", "plain", "PLAIN", "PLAIN"),
    choice("mailbox.smtp.mechanism", "login", "LOGIN", "LOGIN"),
    choice("mailbox.smtp.mechanism", "cram-md5", "CRAM-MD5", "CRAM-MD5"),
    choice("mailbox.smtp.mechanism", "xoauth2", "XOAUTH2", "XOAUTH2"),
];

/// What a choice does, where its name does not say all.
const CHOICE_HELP: [Choice; 3] = [
    choice(
        "duplicate.action",
        "repeat",
        "下の返信メールで、前と同じ番号を知らせます。番号を忘れた方や、続けて 2 回送った方に親切です(おすすめ)。",
        "The repeat reply below tells the same number. Kind to those who forgot it or sent twice (recommended).",
    ),
    choice(
        "duplicate.action",
        "ignore",
        "メールは処理済みとして消し、お客様には何も届きません。",
        "The mail is settled, and the customer gets nothing.",
    ),
    choice(
        "duplicate.action",
        "new-number",
        "空メールのたびに新しい番号を発行します。1 人がいくつも番号を持つことになります。",
        "Each empty mail gets a new number, so one person may have several.",
    ),
];

fn pick(named: &Named, language: Language) -> &'static str {
    match language {
        Language::Japanese => named.ja,
        Language::English => named.en,
    }
}

/// What the screens call a key; those of a mailbox's own letters are called as the general ones.
pub fn label(key: &str, language: Language) -> Option<&'static str> {
    let general = key
        .strip_prefix("mailbox.")
        .filter(|rest| rest.starts_with("receipt.") || rest.starts_with("duplicate."));
    let key = general.unwrap_or(key);
    let found = LABELS.iter().find(|named| named.key == key)?;
    Some(pick(found, language))
}

/// What a choice of a key means; for a switch that is offered as a choice, `true` and `false`.
pub fn choice_label(key: &str, value: &str, language: Language) -> Option<&'static str> {
    match value {
        "true" => return label("yes", language),
        "false" => return label("no", language),
        _ => {}
    }
    let found = CHOICES.iter().find(|one| one.key == key && one.value == value)?;
    Some(match language {
        Language::Japanese => found.ja,
        Language::English => found.en,
    })
}

/// What a choice of a key does, where its name does not say all.
pub fn choice_help(key: &str, value: &str, language: Language) -> Option<&'static str> {
    let found = CHOICE_HELP
        .iter()
        .find(|one| one.key == key && one.value == value)?;
    Some(match language {
        Language::Japanese => found.ja,
        Language::English => found.en,
    })
}

/// Help for a key, where the screens say it in other words than the reference.
pub fn help(key: &str, language: Language) -> Option<&'static str> {
    HELP.iter()
        .find(|named| named.key == key)
        .map(|named| pick(named, language))
}
