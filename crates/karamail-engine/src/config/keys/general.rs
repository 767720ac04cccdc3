//! The sections for the whole program.

use karamail_core::limits::{
    MAILBOX_NAME_CHARACTERS, SHOP_NAME_CHARACTERS, SHOP_WORD_CHARACTERS, SHOP_WORDS,
    TEMPLATE_BODY_CHARACTERS, TEMPLATE_SUBJECT_CHARACTERS,
};

use super::{Default, Key, Kind, Section};

/// Most that a rate limit can be.
const LIMIT: i64 = 1_000_000;

pub(crate) static GENERAL: Section = Section {
    path: "general",
    repeated: false,
    ja: "プログラム全体の設定です。",
    en: "What holds for the whole program.",
    keys: &[
        Key {
            name: "language",
            kind: Kind::Choice(&["ja", "en"]),
            default: Default::Text("ja"),
            ja: "画面・ログ・エラーの言語。ひな形を書かないときの受付完了メールの言語でもあります。",
            en: "Language of screens, logs and errors, and of the receipt where no template is written.",
        },
        Key {
            name: "shop_name",
            kind: Kind::Line {
                max: SHOP_NAME_CHARACTERS,
            },
            default: Default::Text(""),
            ja: "店名。ひな形の ★店名★ の位置に入ります。",
            en: "The shop's name; it takes the place of ★店名★ in templates.",
        },
        Key {
            name: "autostart",
            kind: Kind::Flag,
            default: Default::Flag(true),
            ja: "パソコンの起動(ログイン)時に自動で立ち上げるか。",
            en: "Whether the tray program starts when the user logs in.",
        },
        Key {
            name: "notify_trouble",
            kind: Kind::Flag,
            default: Default::Flag(true),
            ja: "受信や送信が止まったときと直ったとき、パソコンの通知で知らせるか。",
            en: "Whether the tray program shows a notification when mail stops being fetched or sent, and when it goes on.",
        },
        Key {
            name: "notify_receipts",
            kind: Kind::Flag,
            default: Default::Flag(false),
            ja: "受付番号を発行するたびに、パソコンの通知で知らせるか。アドレスは一部を隠します。",
            en: "Whether the tray program shows a notification for each receipt number; most of the address is hidden.",
        },
        Key {
            name: "check_interval_seconds",
            kind: Kind::Number { min: 5, max: 86_400 },
            default: Default::Number(15),
            ja: "受信チェック間隔(秒)。短いほど早く返信できます。プロバイダーの制限に注意してください。",
            en: "Seconds between two checks for mail. Shorter answers sooner; mind your provider's limits.",
        },
        Key {
            name: "log_folder",
            kind: Kind::Folder,
            default: Default::Follows {
                ja: "データフォルダーの中の log",
                en: "log in the data folder",
            },
            ja: "毎月のログを書くフォルダー。",
            en: "The folder of the monthly logs.",
        },
        Key {
            name: "archive_days",
            kind: Kind::Number { min: 0, max: 3_650 },
            default: Default::Number(30),
            ja: "サーバーから消したメールと転送したメールの写しを残す日数。",
            en: "Days that copies of deleted and forwarded mail stay in the archive.",
        },
        Key {
            name: "log_months",
            kind: Kind::Number { min: 0, max: 1_200 },
            default: Default::Number(0),
            ja: "毎月のログを残す月数。0 は消しません。",
            en: "Months that monthly logs stay; 0 = for ever.",
        },
        Key {
            name: "diagnostic_log_days",
            kind: Kind::Number { min: 1, max: 365 },
            default: Default::Number(14),
            ja: "診断ログ(英語)を残す日数。",
            en: "Days that the diagnostic log (English) stays.",
        },
    ],
};

pub(crate) static SERIES: Section = Section {
    path: "series",
    repeated: true,
    ja: "番号系列。書かなければ main という系列がひとつあり、1 番から始まります。",
    en: "Number series. Where none is written there is one, main, that begins at 1.",
    keys: &[
        Key {
            name: "name",
            kind: Kind::Line {
                max: MAILBOX_NAME_CHARACTERS,
            },
            default: Default::Required,
            ja: "系列の名前。[[mailbox]] の series に書きます。",
            en: "The name that a [[mailbox]] gives as its series.",
        },
        Key {
            name: "first_number",
            kind: Kind::Number {
                min: 1,
                max: 999_999_999_999,
            },
            default: Default::Number(1),
            ja: "最初の受付番号。番号を発行した後に変えても、番号は戻りません。",
            en: "The first receipt number. Once numbers were given, changing it never takes them back.",
        },
    ],
};

pub(super) const SUBJECT: Key = Key {
    name: "subject",
    kind: Kind::Line {
        max: TEMPLATE_SUBJECT_CHARACTERS,
    },
    default: Default::Follows {
        ja: "用意された件名",
        en: "a ready-made subject",
    },
    ja: "メールの見出し(件名)。",
    en: "The letter's subject.",
};
pub(super) const BODY: Key = Key {
    name: "body",
    kind: Kind::Text {
        max: TEMPLATE_BODY_CHARACTERS,
    },
    default: Default::Follows {
        ja: "用意された本文",
        en: "a ready-made body",
    },
    ja: "メールの本文。",
    en: "The letter's body.",
};
pub(super) const BODY_FILE: Key = Key {
    name: "body_file",
    kind: Kind::File,
    default: Default::Nothing,
    ja: "本文を書いた UTF-8 のテキストファイル。1 行目が「件名: …」で 2 行目が空行なら、件名もそこから取ります。body とは一緒に書けません。",
    en: "A UTF-8 text file with the body. A first line `Subject: …` followed by an empty line gives the subject too. Not together with body.",
};

pub(crate) static RECEIPT: Section = Section {
    path: "receipt",
    repeated: false,
    ja: "受付完了メール。件名か本文の ★1★ の位置に受付番号が入ります(必須)。★日時★ ★アドレス★ ★店名★ も使えます。",
    en: "The receipt. ★1★ in subject or body becomes the receipt number (it must be there); ★日時★ (time), ★アドレス★ (address) and ★店名★ (shop name) work too.",
    keys: &[
        SUBJECT,
        BODY,
        BODY_FILE,
        Key {
            name: "invitation",
            kind: Kind::Text {
                max: TEMPLATE_BODY_CHARACTERS,
            },
            default: Default::Text(""),
            ja: "お客様を誘った文言(ポスターなど)。受付番号ごとの同意の記録に残ります(特定電子メール法)。",
            en: "What the poster or leaflet said that invited the customer; kept in the consent record of each number.",
        },
    ],
};

pub(crate) static DUPLICATE: Section = Section {
    path: "duplicate",
    repeated: false,
    ja: "2重登録(すでに番号のあるアドレスからの空メール)の処理。返信メールの ★2★ の位置に受付番号が入ります(必須)。",
    en: "Duplicates: a signup mail from an address that has its number. ★2★ in the repeat reply becomes the number (it must be there).",
    keys: &[
        Key {
            name: "action",
            kind: Kind::Choice(&["repeat", "ignore", "new-number"]),
            default: Default::Text("repeat"),
            ja: "repeat = 前の番号をもう一度知らせる、ignore = 何もしない、new-number = 新しい番号を発行する。",
            en: "repeat = tell the old number again, ignore = say nothing, new-number = give a new number.",
        },
        SUBJECT,
        BODY,
        BODY_FILE,
    ],
};

pub(crate) static GUARD: Section = Section {
    path: "guard",
    repeated: false,
    ja: "返信してはいけない相手と、返信の上限です。",
    en: "Whom we never answer, and how often we answer.",
    keys: &[
        Key {
            name: "limit_address_per_hour",
            kind: Kind::Number { min: 0, max: LIMIT },
            default: Default::Number(3),
            ja: "ひとつのアドレスへの 1 時間の返信の上限(通)。0 は制限なし。",
            en: "Most answers to one address in an hour; 0 = no limit.",
        },
        Key {
            name: "limit_address_per_day",
            kind: Kind::Number { min: 0, max: LIMIT },
            default: Default::Number(10),
            ja: "ひとつのアドレスへの 1 日の返信の上限(通)。0 は制限なし。",
            en: "Most answers to one address in a day; 0 = no limit.",
        },
        Key {
            name: "limit_mailbox_per_hour",
            kind: Kind::Number { min: 0, max: LIMIT },
            default: Default::Number(300),
            ja: "ひとつのメールボックスからの 1 時間の返信の上限(通)。0 は制限なし。",
            en: "Most answers of one mailbox in an hour; 0 = no limit.",
        },
        Key {
            name: "backlog_hours",
            kind: Kind::Number { min: 0, max: 87_600 },
            default: Default::Number(24),
            ja: "初めて見るメールボックスで、これより古いメール(時間)には返信せず、画面で扱いを選べます。0 はすべて新しいメールとして扱います。",
            en: "On first contact with a mailbox, mail older than so many hours is not answered but shown for a decision; 0 = all mail counts as new.",
        },
        Key {
            name: "hold_spoofed",
            kind: Kind::Flag,
            default: Default::Flag(true),
            ja: "SPF か DMARC に失敗した(なりすましの疑いのある)メールを保留にするか。",
            en: "Whether mail that failed SPF or DMARC is held.",
        },
        Key {
            name: "authentication_hosts",
            kind: Kind::List {
                entries: 100,
                max: 254,
            },
            default: Default::Nothing,
            ja: "Authentication-Results を信用する受信サーバー名。空なら一番上のものを信用します。",
            en: "Servers whose Authentication-Results are believed; empty: the topmost one is.",
        },
        Key {
            name: "require_addressed",
            kind: Kind::Flag,
            default: Default::Flag(false),
            ja: "宛先(To・Cc)に自分のアドレスがあるメールだけに返信するか。",
            en: "Whether only mail with our address in To or Cc is answered.",
        },
        Key {
            name: "blocked",
            kind: Kind::List {
                entries: 10_000,
                max: 254,
            },
            default: Default::Nothing,
            ja: "返信しないアドレスとドメイン。ドメインにはサブドメインも含みます。",
            en: "Addresses and domains that are never answered; a domain includes its subdomains.",
        },
        Key {
            name: "also_empty_subjects",
            kind: Kind::List {
                entries: 100,
                max: 200,
            },
            default: Default::Nothing,
            ja: "空とみなす件名。例えば 無題。",
            en: "Subjects that count as empty, such as 無題.",
        },
        Key {
            name: "shop_words",
            kind: Kind::List {
                entries: SHOP_WORDS,
                max: SHOP_WORD_CHARACTERS,
            },
            default: Default::Nothing,
            ja: "合言葉。書くと、どれか一つが書かれたメールだけを受け付け、ほかは保留にします。全角・半角、大文字・小文字、空白は区別しません。合言葉だけの件名は空とみなします。",
            en: "Shop words: where there are any, only mail with one of them is taken and other signup mail is held. Width, case and blanks do not matter. A subject that is nothing but a shop word counts as empty.",
        },
        Key {
            name: "shop_word_in",
            kind: Kind::Choice(&["subject", "body", "either"]),
            default: Default::Text("either"),
            ja: "合言葉を書く場所。subject = 件名、body = 本文、either = どちらでも。",
            en: "Where the shop word may stand: subject, body, or either of them.",
        },
    ],
};
